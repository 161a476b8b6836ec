package org.chainrule.harness.onnx;

import java.util.IdentityHashMap;
import java.util.Map;
import org.chainrule.Tensor;
import org.chainrule.harness.analysis.Bound;
import org.chainrule.harness.analysis.RunningError;

/**
 * Elements that an op needs on the host, since they tell a shape: those of recorded tensors as recorded, those of others
 * as their graph gives them in double precision. The device is not asked.
 */
final class HostValues {
    private final Map<Tensor, TensorProto> recorded = new IdentityHashMap<>();
    private final RunningError analysis;

    HostValues(RunningError analysis) {
        this.analysis = analysis;
    }

    void record(Tensor t, TensorProto from) {
        recorded.put(t, from);
        analysis.given(t, from.values());
    }

    /** The analysis that knows all recorded tensors. */
    RunningError analysis() {
        return analysis;
    }

    double[] doubles(Tensor t) {
        TensorProto from = recorded.get(t);
        return from != null ? from.values() : analysis.bounds(t).stream().mapToDouble(Bound::value).toArray();
    }

    long[] longs(Tensor t) {
        TensorProto from = recorded.get(t);
        if (from != null && !t.dtype().isFloat()) return from.longs().clone();
        double[] v = doubles(t);
        long[] r = new long[v.length];
        for (int i = 0; i < r.length; i++) r[i] = (long) v[i];
        return r;
    }

    /** {@code v} as an int; the ends of the range stand for what lies beyond them, as slices write "to the end". */
    static int clamped(long v) {
        return Math.clamp(v, Integer.MIN_VALUE + 1, Integer.MAX_VALUE);
    }
}
