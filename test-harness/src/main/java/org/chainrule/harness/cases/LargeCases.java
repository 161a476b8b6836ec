package org.chainrule.harness.cases;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.chainrule.DType;
import org.chainrule.OutOfDeviceMemoryException;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.harness.Bench;
import org.chainrule.harness.Case;
import org.chainrule.harness.Comparison;
import org.chainrule.harness.Family;
import org.chainrule.harness.Input;
import org.chainrule.harness.OpCheck;
import org.chainrule.harness.Oracle;
import org.chainrule.harness.Target;
import org.chainrule.harness.Values;
import org.chainrule.harness.Verdict;

/** More rows than a workgroup's number has in 16 bits, and more bytes than 31 bits can count. */
final class LargeCases implements Family {
    private static final int ROWS = 70_000;
    /** A matrix whose bytes in f32 pass 2³¹ well before its end. */
    private static final int HEIGHT = (1 << 19) + 1027, WIDTH = 1 << 10, ELEMENTS = HEIGHT * WIDTH;
    private static final Values ANY = Values.between(-2, 2);

    @Override
    public String name() {
        return "large";
    }

    @Override
    public Stream<Case> cases(Target target) {
        // reference is there to be believed, not to be large
        if (target.real() == DType.F64) return Stream.of();
        return Stream.of(
                rows("map", "square", in -> in.getFirst().square(), any(ROWS, 3)),
                rows("matmul", "matmul", in -> in.get(0).matmul(in.get(1)), any(ROWS, 3), any(3, 2)),
                rows("matmul-batch", "matmul", in -> in.get(0).matmul(in.get(1)), any(ROWS, 1, 2), any(ROWS, 2, 1)),
                rows("sum-rows", "sum", in -> in.getFirst().sum(0), any(ROWS, 2)),
                // whole numbers add up exactly, so that no bound hides a narrow accumulator
                rows("count-rows", "sum", in -> in.getFirst().sum(0), bits(ROWS, 2)),
                rows("count-products", "matmul", in -> in.get(0).matmul(in.get(1)), bits(2, ROWS), bits(ROWS, 2)),
                rows("sum-columns", "sum", in -> in.getFirst().sum(1), any(ROWS, 2)),
                rows("softmax", "softmax", in -> in.getFirst().softmax(1), any(ROWS, 2)),
                rows("argmax", "argmax", in -> in.getFirst().argmax(1), any(ROWS, 2)),
                rows("cumsum", "cumsum", in -> in.getFirst().cumsum(1), any(ROWS, 2)),
                rows("gather", "gather", in -> in.get(0).indexSelect(0, in.get(1)), any(11, 2), index(11, ROWS)),
                rows("gather-far", "gather", in -> in.get(0).indexSelect(0, in.get(1)), any(ROWS, 2),
                        index(ROWS, 301)),
                new Case(name() + "/bytes/f32", "add", DType.F32, Oracle.ANALYSIS, LargeCases::bytes));
    }

    private Case rows(String what, String op, Function<List<Tensor>, Tensor> f, Input... inputs) {
        return new Case(name() + "/rows/" + what, op, DType.F32, Oracle.ANALYSIS, OpCheck.of(f, inputs));
    }

    private static Input any(int... dims) {
        return Input.of(Shape.of(dims), DType.F32, ANY);
    }

    private static Input bits(int... dims) {
        return Input.of(Shape.of(dims), DType.F32, Values.integers(0, 1));
    }

    private static Input index(int extent, int... dims) {
        return Input.of(Shape.of(dims), DType.I64, Values.integers(0, extent - 1));
    }

    /** Adds a row to a column, and reads the sum at both ends and where the bytes pass 2³¹. */
    private static Verdict bytes(Bench bench) {
        Session session = bench.session();
        float[] row = new float[WIDTH], column = new float[HEIGHT];
        for (int i = 0; i < WIDTH; i++) row[i] = i / 1024f;
        for (int i = 0; i < HEIGHT; i++) column[i] = i;
        Tensor x = session.tensor(Shape.of(HEIGHT, 1), column).plus(session.tensor(Shape.of(1, WIDTH), row));
        Comparison c = new Comparison();
        try {
            x.eval();
        } catch (OutOfDeviceMemoryException e) {
            return new Verdict.Unsupported("needs " + (4L * ELEMENTS >> 20) + " MiB in one buffer; " + e.getMessage());
        }
        Tensor flat = x.flatten();
        int around = 3000;
        for (int from : List.of(0, (1 << 29) - around / 2, ELEMENTS - around)) {
            Tensor part = flat.slice(0, from, from + around, 1);
            double[] want = new double[around], doubled = new double[around];
            for (int i = 0; i < around; i++) {
                want[i] = column[(from + i) / WIDTH] + row[(from + i) % WIDTH];
                doubled[i] = 2 * want[i];
            }
            Packed.compare(c, "elements from " + from, want, part.toDoubles());
            Packed.compare(c, "twice the elements from " + from, doubled, part.times(2).toDoubles());
        }
        Tensor far = flat.slice(0, 1, ELEMENTS, 1 << 20);
        double[] want = new double[Math.toIntExact(far.shape().size())];
        for (int i = 0; i < want.length; i++) want[i] = column[i * (1 << 10)] + row[1];
        Packed.compare(c, "elements 2^20 apart", want, far.toDoubles());
        return c.verdict();
    }
}
