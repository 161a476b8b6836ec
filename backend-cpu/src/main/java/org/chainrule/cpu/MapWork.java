package org.chainrule.cpu;

import java.util.function.IntConsumer;
import org.chainrule.plan.Kernel;

/** A fused chain: each thread passes once over its share of the elements, block by block. */
final class MapWork implements CpuExecutable.Work, IntConsumer {
    /** Instructions that are worth another thread: some microseconds, twice what handing over costs. */
    private static final long SHARE = 1 << 16;

    private final Threads threads;
    private final Tape tape;
    private final int parts;
    private final Frame[] frames;
    private HostBuffer[] memory = {};

    MapWork(Kernel.Map k, Threads threads) {
        this.threads = threads;
        this.tape = new Tape(k.program(), k.shape(), 0, k.in(), k.out());
        this.parts = parts(tape, threads);
        this.frames = new Frame[parts];
        for (int i = 0; i < parts; i++) frames[i] = new Frame(tape, -1, tape.size);
    }

    /** How many threads a pass over all elements is worth. */
    static int parts(Tape tape, Threads threads) {
        return Math.clamp((long) tape.size * (1 + tape.code.length) / SHARE, 1, threads.size());
    }

    @Override
    public void run(HostBuffer[] memory, long[] streams) {
        this.memory = memory;
        if (parts == 1) accept(0);
        else threads.parallel(parts, this);
    }

    @Override
    public void accept(int part) {
        Frame f = frames[part];
        int start = cut(tape.size, part, parts), end = cut(tape.size, part + 1, parts);
        f.begin(memory);
        f.run(start, end - start);
    }

    /** Where part {@code i} of {@code n} begins, on the border of a block. */
    static int cut(int size, int i, int n) {
        return i == n ? size : (int) ((long) size * i / n / Tape.BLOCK * Tape.BLOCK);
    }
}
