package org.chainrule.harness.onnx;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.chainrule.DType;
import org.chainrule.Session;
import org.chainrule.Tensor;
import org.chainrule.UnsupportedOpException;
import org.chainrule.harness.Accuracy.Quantity;
import org.chainrule.harness.Bench;
import org.chainrule.harness.Case;
import org.chainrule.harness.Comparison;
import org.chainrule.harness.Substitution;
import org.chainrule.harness.Values;
import org.chainrule.harness.Verdict;
import org.chainrule.harness.analysis.Bound;
import org.chainrule.harness.analysis.Places;
import org.chainrule.harness.analysis.RunningError;

/**
 * A folder of ONNX's node tests: {@code model.onnx}, and in each {@code test_data_set_K} the inputs {@code input_N.pb} and
 * the outputs {@code output_N.pb} that NumPy gave. Two things are compared: the graph's value in double precision with the
 * recorded one, which says whether the op means the same, and the device's value with the bounds of the analysis, which
 * says whether it is computed well. Gradients, which are not recorded, are compared with their bounds.
 */
record OnnxCheck(Path folder, Substitution substitution) implements Case.Check {
    /** What ONNX's own test runner allows: the defaults of {@code TestCase} in onnx/backend/test/case/test_case.py. */
    private static final double RELATIVE = 1e-3, ABSOLUTE = 1e-7;
    private static final int SHOWN = 3;
    /** Gradients are compared where no more numbers than this are recorded: beyond it their analysis takes seconds. */
    private static final long DIFFERENTIATED = 1 << 14;

    @Override
    public Verdict run(Bench bench) {
        ModelProto model = ModelProto.read(folder.resolve("model.onnx"));
        for (ValueInfo v : Stream.concat(model.graph().inputs().stream(), model.graph().outputs().stream()).toList())
            v.kind().ifPresent(kind -> {
                throw new UnsupportedOpException("a " + kind + ", '" + v.name() + "'");
            });
        Comparison comparison = new Comparison();
        SplittableRandom random = bench.random();
        for (Path data : dataSets()) {
            List<TensorProto> inputs = recorded(data, "input_"), outputs = recorded(data, "output_");
            Stream.concat(inputs.stream(), outputs.stream()).map(TensorProto::dtype).forEach(bench::require);
            Session session = bench.session();
            compare(comparison, OnnxGraph.of(model, inputs, session, RunningError.on(session), substitution), inputs,
                    outputs, random);
        }
        return comparison.verdict();
    }

    private List<Path> dataSets() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.getFileName().toString().startsWith("test_data_set_")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Those of number 0, 1, … as far as they go. */
    private static List<TensorProto> recorded(Path data, String name) {
        List<TensorProto> r = new ArrayList<>();
        for (Path f = data.resolve(name + 0 + ".pb"); Files.exists(f); f = data.resolve(name + r.size() + ".pb"))
            r.add(TensorProto.read(f));
        return r;
    }

    private static void compare(Comparison comparison, OnnxGraph graph, List<TensorProto> inputs,
            List<TensorProto> expected, SplittableRandom random) {
        if (graph.outputs().size() != expected.size())
            comparison.differs(graph.outputs().size() + " outputs, " + expected.size() + " recorded");
        List<Tensor> outputs = new ArrayList<>();
        for (int i = 0; i < Math.min(graph.outputs().size(), expected.size()); i++)
            outputs.add(stored(graph.outputs().get(i), expected.get(i).dtype()));
        long numbers = Stream.concat(inputs.stream(), expected.stream()).mapToLong(t -> t.shape().size()).sum();
        List<Tensor> gradients =
                numbers > DIFFERENTIATED ? List.of() : gradients(graph, outputs, random);
        graph.session().eval(Stream.concat(outputs.stream(), gradients.stream()).toArray(Tensor[]::new));
        RunningError analysis = graph.host().analysis();
        for (int i = 0; i < outputs.size(); i++)
            compare(comparison, "output." + i, outputs.get(i), expected.get(i), analysis.bounds(outputs.get(i)));
        for (int i = 0; i < gradients.size(); i++)
            comparison.compare("grad." + i, Quantity.GRADIENT, gradients.get(i), analysis.bounds(gradients.get(i)));
    }

    /** Arithmetic on the half-width types gives f32; what is recorded was stored. */
    private static Tensor stored(Tensor t, DType recorded) {
        return recorded.arithmetic() != recorded && t.dtype() == recorded.arithmetic() ? t.to(recorded) : t;
    }

    private static List<Tensor> gradients(OnnxGraph graph, List<Tensor> outputs, SplittableRandom random) {
        List<Tensor> wrt = graph.leaves().stream().filter(t -> t.dtype().isFloat()).toList();
        List<Tensor> of = outputs.stream().filter(t -> t.dtype().isFloat()).toList();
        if (wrt.isEmpty() || of.isEmpty()) return List.of();
        List<Tensor> cotangents = new ArrayList<>();
        for (Tensor y : of) {
            double[] v = Values.COTANGENTS.draw(random, y.dtype(), Math.toIntExact(y.shape().size()));
            Tensor c = graph.session().tensor(y.shape(), y.dtype(), v);
            graph.host().analysis().given(c, v);
            cotangents.add(c);
        }
        return Tensor.gradients(of, cotangents, wrt);
    }

    private static void compare(Comparison comparison, String name, Tensor found, TensorProto recorded,
            List<Bound> bounds) {
        if (found.dtype() != recorded.dtype() || !found.shape().equals(recorded.shape())) {
            comparison.differs(name + ": " + found.dtype() + found.shape() + ", recorded " + recorded.dtype()
                    + recorded.shape());
            return;
        }
        double[] values = recorded.values();
        boolean whole = !found.dtype().isFloat();
        long[] device = whole ? found.toLongs() : new long[0];
        int wrong = 0;
        for (int i = 0; i < values.length; i++) {
            double value = found.dtype().round(bounds.get(i).value());
            if (whole ? value == values[i] && device[i] == recorded.longs()[i] : isClose(value, values[i])) continue;
            if (wrong++ < SHOWN) comparison.differs(name + Arrays.toString(Places.at(found.shape(), i)) + ": recorded "
                    + values[i] + ", in double precision " + value + (whole ? ", on the device " + device[i] : ""));
        }
        if (wrong > SHOWN) comparison.differs(name + ": " + wrong + " of " + values.length + " recorded differ");
        comparison.vouched(values.length);
        // where there are no elements it is the extents that are compared
        if (values.length == 0) comparison.agreed(found.shape().rank());
        comparison.compare(name, Quantity.FORWARD, found, bounds);
    }

    /** As NumPy's {@code assert_allclose}. */
    private static boolean isClose(double found, double recorded) {
        return found == recorded || Double.isNaN(found) && Double.isNaN(recorded)
                || Double.isFinite(recorded) && Math.abs(found - recorded) <= ABSOLUTE + RELATIVE * Math.abs(recorded);
    }
}
