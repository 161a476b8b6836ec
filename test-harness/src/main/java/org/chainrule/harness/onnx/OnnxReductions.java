package org.chainrule.harness.onnx;

import static java.util.Map.entry;
import static org.chainrule.harness.onnx.OnnxOp.one;

import java.util.Arrays;
import java.util.Map;
import java.util.function.BiFunction;
import org.chainrule.Axes;
import org.chainrule.DType;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.expr.Ops;

/** Reductions, positions of extremes, running sums. */
final class OnnxReductions {
    static final Map<String, OnnxOp> TABLE = Map.ofEntries(
            entry("ReduceL1", reduce((x, a) -> x.abs().sum(a))),
            entry("ReduceL2", reduce((x, a) -> x.dtype().isFloat() ? x.norm(2, a)
                    : x.to(DType.F64).norm(2, a).to(x.dtype()))),
            entry("ReduceLogSum", reduce((x, a) -> x.sum(a).log())),
            entry("ReduceLogSumExp", reduce(Tensor::logSumExp)),
            entry("ReduceMax", reduce((x, a) -> extreme(x, a, true))),
            entry("ReduceMean", reduce((x, a) -> x.dtype().isFloat() ? x.mean(a)
                    : x.to(DType.F64).mean(a).to(x.dtype()))),
            entry("ReduceMin", reduce((x, a) -> extreme(x, a, false))),
            entry("ReduceProd", reduce(Tensor::prod)),
            entry("ReduceSum", reduce(Tensor::sum)),
            entry("ReduceSumSquare", reduce((x, a) -> x.square().sum(a))),
            entry("ArgMax", one(c -> argument(c, true))),
            entry("ArgMin", one(c -> argument(c, false))),
            entry("CumSum", one(OnnxReductions::cumulativeSum)));

    private OnnxReductions() {}

    /** Over all axes where none are named, unless {@code noop_with_empty_axes}: then over none. */
    private static OnnxOp reduce(BiFunction<Tensor, Axes, Tensor> f) {
        return one(c -> {
            int[] axes = c.ints("axes", 1).orElse(new int[0]);
            boolean keep = c.attributes().flag("keepdims", true),
                    noop = c.attributes().flag("noop_with_empty_axes", false);
            Tensor x = c.in(0);
            if (axes.length == 0 && noop || x.shape().rank() == 0)
                return f.apply(x.unsqueeze(0), Axes.of(0)).map(Ops.IDENTITY);
            Axes a = Axes.of(axes);
            return f.apply(x, keep ? a.keep() : a).map(Ops.IDENTITY);
        });
    }

    /** Over no elements the least value that the dtype holds, or the greatest. */
    private static Tensor extreme(Tensor x, Axes axes, boolean greatest) {
        if (x.dtype() == DType.BOOL) return extreme(x.to(DType.I32), axes, greatest).to(DType.BOOL);
        Shape kept = x.sum(axes).shape();
        if (x.shape().size() == 0 && kept.size() > 0)
            return x.session().constant(kept, x.dtype(), greatest ? least(x.dtype()) : greatest(x.dtype()));
        return greatest ? x.max(axes) : x.min(axes);
    }

    private static double least(DType type) {
        return switch (type) {
            case F16, BF16, F32, F64 -> Double.NEGATIVE_INFINITY;
            case I32 -> Integer.MIN_VALUE;
            case I64 -> Long.MIN_VALUE;
            case BOOL -> 0;
        };
    }

    private static double greatest(DType type) {
        return switch (type) {
            case F16, BF16, F32, F64 -> Double.POSITIVE_INFINITY;
            case I32 -> Integer.MAX_VALUE;
            case I64 -> Long.MAX_VALUE;
            case BOOL -> 1;
        };
    }

    private static Tensor argument(Call c, boolean greatest) {
        int axis = HostValues.clamped(c.attributes().integer("axis", 0));
        boolean last = c.attributes().flag("select_last_index", false);
        Tensor x = last ? c.in(0).flip(axis) : c.in(0);
        Axes a = c.attributes().flag("keepdims", true) ? Axes.of(axis).keep() : Axes.of(axis);
        Tensor i = greatest ? x.argmax(a) : x.argmin(a);
        return last ? i.negate().plus(x.shape().dim(axis) - 1) : i;
    }

    private static Tensor cumulativeSum(Call c) {
        Tensor x = c.in(0);
        int axis = x.shape().axis((int) c.number(1));
        boolean reverse = c.attributes().flag("reverse", false), exclusive = c.attributes().flag("exclusive", false);
        Tensor t = reverse ? x.flip(axis) : x;
        if (exclusive) t = t.pad(axis, 1, -1, 0);
        Tensor sums = t.cumsum(axis);
        return reverse ? sums.flip(axis) : sums;
    }

    /** {@code axes} from 0, where negative ones count from the end of {@code rank} axes. */
    static int[] from0(int[] axes, int rank) {
        return Arrays.stream(axes).map(a -> a < 0 ? a + rank : a).toArray();
    }
}
