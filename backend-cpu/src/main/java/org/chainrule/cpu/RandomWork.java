package org.chainrule.cpu;

import java.util.function.IntConsumer;
import org.chainrule.Gaussian;
import org.chainrule.Philox;
import org.chainrule.graph.Op;
import org.chainrule.plan.Kernel;

/** Random values, each a function of seed, stream and position. */
final class RandomWork implements CpuExecutable.Work, IntConsumer {
    private static final int SHARE = 1 << 14;

    private final Kernel.Random k;
    private final Threads threads;
    private final int size, parts;
    private final int[][] words;
    private Object array = new float[0];
    private long stream;

    RandomWork(Kernel.Random k, Threads threads) {
        this.k = k;
        this.threads = threads;
        this.size = Math.toIntExact(k.result().layout().shape().size());
        this.parts = Math.clamp(size / SHARE, 1, threads.size());
        this.words = new int[parts][4];
    }

    @Override
    public void run(HostBuffer[] memory, long[] streams) {
        array = memory[k.result().slot()].array();
        stream = streams[k.number()];
        threads.parallel(parts, this);
    }

    @Override
    public void accept(int part) {
        int[] w = words[part];
        int start = MapWork.cut(size, part, parts), end = MapWork.cut(size, part + 1, parts);
        boolean wide = array instanceof double[] && k.distribution() == Op.Distribution.UNIFORM;
        int each = wide ? 2 : 4;
        for (int i = start; i < end; i += each) {
            Philox.block(k.seed(), stream, i / each, w);
            for (int j = 0; j < Math.min(each, end - i); j++) {
                if (wide) set(i + j, Philox.uniform53(w[2 * j], w[2 * j + 1]));
                else set(i + j, k.distribution() == Op.Distribution.UNIFORM ? Philox.uniform24(w[j])
                        : Gaussian.of(w[j & 2], w[(j & 2) + 1], (j & 1) != 0));
            }
        }
    }

    private void set(int element, double v) {
        int i = k.result().layout().offset() + element;
        if (array instanceof float[] f) f[i] = (float) v;
        else((double[]) array)[i] = v;
    }
}
