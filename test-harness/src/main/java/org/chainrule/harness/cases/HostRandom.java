package org.chainrule.harness.cases;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.chainrule.DType;
import org.chainrule.Philox;
import org.chainrule.Tensor;
import org.chainrule.graph.Op;
import org.chainrule.graph.Op.Distribution;
import org.chainrule.harness.analysis.RunningError;

/** Random numbers computed on the host: each is a function of distribution, dtype, seed, stream and position. */
final class HostRandom {
    private HostRandom() {}

    static double[] of(Distribution d, DType type, long seed, long stream, int n) {
        double[] v = new double[n];
        for (int i = 0; i < n; i++) {
            v[i] = switch (d) {
                case UNIFORM -> type == DType.F64 ? Philox.uniform53(seed, stream, i)
                        : Philox.uniform24(seed, stream, i);
                case NORMAL -> Philox.normal(seed, stream, i);
            };
        }
        return v;
    }

    /** An analysis that takes the host's numbers for every random node below {@code roots}. */
    static RunningError analysis(List<Tensor> roots) {
        RunningError analysis = RunningError.on(roots.getFirst().session());
        Set<Tensor> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        roots.forEach(t -> give(analysis, t, seen));
        return analysis;
    }

    private static void give(RunningError analysis, Tensor t, Set<Tensor> seen) {
        if (!seen.add(t)) return;
        if (t.op() instanceof Op.Random(Distribution d, org.chainrule.Rng rng, long stream))
            analysis.given(t, of(d, t.dtype(), rng.seed(), stream, Math.toIntExact(t.shape().size())));
        if (t.op() instanceof Op.Composite c) give(analysis, c.body(), seen);
        for (Tensor in : t.inputs()) give(analysis, in, seen);
    }
}
