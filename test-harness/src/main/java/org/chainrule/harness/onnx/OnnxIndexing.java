package org.chainrule.harness.onnx;

import static java.util.Map.entry;
import static org.chainrule.harness.onnx.OnnxOp.one;

import java.util.Arrays;
import java.util.Map;
import org.chainrule.DType;
import org.chainrule.Shape;
import org.chainrule.Tensor;

/** Ops that read and write at given positions. */
final class OnnxIndexing {
    static final Map<String, OnnxOp> TABLE = Map.ofEntries(
            entry("Gather", one(OnnxIndexing::gather)),
            entry("GatherElements", one(c -> {
                int axis = HostValues.clamped(c.attributes().integer("axis", 0));
                return c.in(0).gather(axis, Call.indices(c.in(1), c.in(0).shape().dim(axis)));
            })),
            entry("GatherND", one(OnnxIndexing::gatherNd)),
            entry("OneHot", one(OnnxIndexing::oneHot)),
            entry("ScatterElements", one(c -> {
                int axis = HostValues.clamped(c.attributes().integer("axis", 0));
                return scatter(c, c.in(0), axis, Call.indices(c.in(1), c.in(0).shape().dim(axis)), c.in(2));
            })),
            entry("Scatter", one(c -> {
                int axis = HostValues.clamped(c.attributes().integer("axis", 0));
                return scatter(c, c.in(0), axis, Call.indices(c.in(1), c.in(0).shape().dim(axis)), c.in(2));
            })),
            entry("ScatterND", one(c -> {
                Tensor x = c.in(0), rows = rows(c.in(1), x.shape(), 0);
                int k = c.in(1).shape().dim(-1), n = product(x.shape(), 0, k),
                        each = product(x.shape(), k, x.shape().rank()), count = (int) rows.shape().size();
                return scatter(c, x.reshape(Shape.of(n, each)), 0,
                        rows.reshape(Shape.of(count, 1)).expandTo(Shape.of(count, each)),
                        c.in(2).reshape(Shape.of(count, each))).reshape(x.shape());
            })));

    private OnnxIndexing() {}

    private static Tensor gather(Call c) {
        Tensor x = c.in(0);
        int axis = x.shape().axis(HostValues.clamped(c.attributes().integer("axis", 0)));
        Tensor index = Call.indices(c.in(1), x.shape().dim(axis));
        return x.indexSelect(axis, index.flatten())
                .reshape(joined(part(x.shape(), 0, axis), index.shape(),
                        part(x.shape(), axis + 1, x.shape().rank())));
    }

    private static Tensor gatherNd(Call c) {
        Tensor x = c.in(0);
        Shape s = x.shape(), index = c.in(1).shape();
        int batch = HostValues.clamped(c.attributes().integer("batch_dims", 0)), k = index.dim(-1);
        int batches = product(s, 0, batch), n = product(s, batch, batch + k), each = product(s, batch + k, s.rank());
        Tensor rows = rows(c.in(1), s, batch);
        int count = batches == 0 ? 0 : (int) (rows.shape().size() / batches);
        return x.reshape(Shape.of(batches, n, each))
                .gather(1, rows.reshape(Shape.of(batches, count, 1)).expandTo(Shape.of(batches, count, each)))
                .reshape(joined(part(index, 0, index.rank() - 1), part(s, batch + k, s.rank()), Shape.SCALAR));
    }

    /** The row-major position, within the axes of {@code s} from {@code first} on that they name, of each tuple of {@code index}. */
    private static Tensor rows(Tensor index, Shape s, int first) {
        int k = index.shape().dim(-1);
        Tensor at = index.session().constant(index.shape().without(-1), DType.I64, 0);
        for (int i = 0; i < k; i++) {
            int d = s.dim(first + i);
            at = at.times(d).plus(Call.indices(index.select(-1, i), d));
        }
        return at;
    }

    /** Where nothing is combined each place is written once at most, so a sum over zeros writes it. */
    private static Tensor scatter(Call c, Tensor x, int axis, Tensor index, Tensor updates) {
        String reduction = c.attributes().text("reduction", "none");
        return switch (reduction) {
            case "add" -> x.scatterAdd(axis, index, updates);
            case "none" -> {
                Tensor none = c.session().constant(x.shape(), x.dtype(), 0),
                        count = c.session().constant(x.shape(), DType.I64, 0);
                Tensor written = count.scatterAdd(axis, index,
                        c.session().constant(index.shape(), DType.I64, 1));
                yield written.gt(0).where(none.scatterAdd(axis, index, updates), x);
            }
            default -> throw c.unsupported("reduction '" + reduction + "': only sums are scattered");
        };
    }

    private static Tensor oneHot(Call c) {
        Tensor index = c.in(0).to(DType.I64);
        int depth = (int) c.number(1), rank = index.shape().rank();
        int axis = HostValues.clamped(c.attributes().integer("axis", -1)), a = axis < 0 ? axis + rank + 1 : axis;
        int[] order = new int[rank + 1];
        for (int i = 0; i <= rank; i++) order[i] = i < a ? i : i == a ? rank : i - 1;
        Tensor on = Call.indices(index, depth).oneHot(depth, DType.BOOL).permute(order);
        return on.where(c.in(2).select(0, 1), c.in(2).select(0, 0));
    }

    static int product(Shape s, int from, int to) {
        int n = 1;
        for (int i = from; i < to; i++) n *= s.dim(i);
        return n;
    }

    private static Shape part(Shape s, int from, int to) {
        return Shape.of(Arrays.copyOfRange(s.dims(), from, to));
    }

    private static Shape joined(Shape a, Shape b, Shape c) {
        int[] d = Arrays.copyOf(a.dims(), a.rank() + b.rank() + c.rank());
        System.arraycopy(b.dims(), 0, d, a.rank(), b.rank());
        System.arraycopy(c.dims(), 0, d, a.rank() + b.rank(), c.rank());
        return Shape.of(d);
    }
}
