package org.chainrule.harness.analysis;

import org.chainrule.DType;
import org.chainrule.Philox;
import org.chainrule.graph.Op.Distribution;

/** Random numbers computed on the host: each is a function of distribution, dtype, seed, stream and position. */
public final class HostRandom {
    private HostRandom() {}

    /** The first {@code n} numbers of a stream. */
    public static double[] of(Distribution d, DType type, long seed, long stream, int n) {
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
}
