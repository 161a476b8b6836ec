package org.chainrule.cpu;

import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Adjacent instructions upon floats, bound to registers: one loop once that is warm, until then a pass for each. */
final class Chain implements Frame.Step {
    /** Elements that every vector length divides. */
    private static final int WHOLE = 16;

    private final Frame.Step[] passes;
    private final IntFunction<@Nullable FusedLoop> loop;
    /** What the loop takes: its inputs and results. */
    private final Register[] ends;
    /** What moves on with the elements: all but uniform registers. */
    private final Register[] moving;
    private final float[][] arrays;
    private final int[] at;

    /** {@code loop}: the loop for a number of elements, null as long as there is none. */
    Chain(IntFunction<@Nullable FusedLoop> loop, List<Frame.Step> passes, List<Register> ends,
            List<Register> moving) {
        this.passes = passes.toArray(Frame.Step[]::new);
        this.loop = loop;
        this.ends = ends.toArray(Register[]::new);
        this.moving = moving.toArray(Register[]::new);
        this.arrays = new float[this.ends.length][];
        this.at = new int[this.ends.length];
    }

    @Override
    public void run(int start, int n) {
        FusedLoop fused = n < WHOLE ? null : loop.apply(n);
        if (fused == null) {
            for (Frame.Step pass : passes) pass.run(start, n);
            return;
        }
        for (int i = 0; i < ends.length; i++) {
            arrays[i] = ends[i].floats;
            at[i] = ends[i].at;
        }
        int whole = n & -WHOLE;
        fused.run(arrays, at, whole);
        if (whole < n) rest(start + whole, whole, n - whole);
    }

    private void rest(int start, int whole, int n) {
        for (Register r : moving) r.at += whole;
        for (Frame.Step pass : passes) pass.run(start, n);
        for (Register r : moving) r.at -= whole;
    }
}
