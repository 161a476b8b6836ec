package org.chainrule.kernels;

import org.chainrule.plan.Operand;

/**
 * A group computes a block of the product: its items bring slices of both operands into local memory together, and each adds the products of its own rows
 * and columns of the block there. The items of neighbouring columns are neighbours, so that they store side by side; a slice is read in the direction in
 * which its operand lies in memory.
 */
final class ProductByBlocks {
    private final MatrixProduct p;
    private final ProductForm.Blocks block;

    ProductByBlocks(MatrixProduct p, ProductForm.Blocks block) {
        this.p = p;
        this.block = block;
    }

    Launch launch() {
        Text t = new Text(p.hardware);
        String register = ScalarType.register(p.k.dtype());
        int high = block.height(), wide = block.width(), deep = block.deep();
        String m = t.number("rows", p.rows), n = t.number("columns", p.columns), depth = t.number("depth", p.depth);
        t.line("LOCAL " + register + " a_slice[" + deep * high + "], b_slice[" + deep * wide + "];");
        t.line("const i32 item = (i32)ITEM(0), x = item % " + block.across() + ", y = item / " + block.across() + ";");
        int wideBlocks = (p.columns - 1) / wide + 1, highBlocks = (p.rows - 1) / high + 1;
        String across = t.number("wide_blocks", wideBlocks), down = t.number("high_blocks", highBlocks);
        // along one axis: CUDA has no more than 65,535 groups along the others
        t.line("const i32 column = (i32)GROUP(0) % " + across + " * " + wide + ", row = (i32)GROUP(0) / " + across
                + " % " + down + " * " + high + ";");
        t.line("const i32 matrix = (i32)GROUP(0) / " + across + " / " + down + ";");
        Text.Walk walk = t.new Walk(p.batch, "g");
        walk.coordinates("matrix");
        String a = t.memory(p.k.a(), "a", false), b = t.memory(p.k.b(), "b", false);
        p.declareStarts(t, walk);
        t.line(register + " sum[" + block.rows() * block.columns() + "];");
        t.line("UNROLL");
        t.line("for (i32 e = 0; e < " + block.rows() * block.columns() + "; e++) sum[e] = 0;");
        t.line("for (i32 from = 0; from < " + depth + "; from += " + deep + ") {");
        slice(t, p.k.a(), p.rank - 2, high, "r", () -> {
            t.line("const i32 at = row + r, p = from + d;");
            // beyond the ends lies zero, which adds nothing
            t.line("a_slice[d * " + high + " + r] = at < " + m + " && p < " + depth + " ? "
                    + p.a(t, a, "a_start", "at", "p") + " : 0;");
        });
        slice(t, p.k.b(), p.rank - 1, wide, "c", () -> {
            t.line("const i32 at = column + c, p = from + d;");
            t.line("b_slice[d * " + wide + " + c] = at < " + n + " && p < " + depth + " ? "
                    + p.b(t, b, "b_start", "p", "at") + " : 0;");
        });
        t.line("BARRIER;");
        t.line("for (i32 d = 0; d < " + deep + "; d++) {");
        read(t, register, "r", block.rows(), "a_slice[d * " + high + " + y + r * " + block.down() + "]");
        read(t, register, "c", block.columns(), "b_slice[d * " + wide + " + x + c * " + block.across() + "]");
        own(t);
        t.line("sum[r * " + block.columns() + " + c] = fma(of_r[r], of_c[c], sum[r * " + block.columns() + " + c]);");
        t.line("}");
        t.line("BARRIER;");
        t.line("}");
        own(t);
        t.line("{");
        t.line("const i32 at_row = row + y + r * " + block.down() + ", at_column = column + x + c * " + block.across()
                + ";");
        t.line("if (at_row < " + m + " && at_column < " + n + ") {");
        p.emitEpilogue(t, walk, "sum[r * " + block.columns() + " + c]", "at_row", "at_column");
        t.line("}");
        t.line("}");
        return t.launch(Entry.MATMUL_BY_BLOCKS,
                Launch.Extent.of(Math.multiplyExact(Math.multiplyExact(wideBlocks, highBlocks), p.batches)),
                Launch.Extent.of(block.items()));
    }

    /**
     * The items of the group go over a slice of {@code o} together: over {@code d} in depth and {@code name} across, the faster one being that along which
     * neighbours of {@code o} are neighbours in memory.
     */
    private void slice(Text t, Operand o, int across, int extent, String name, Runnable body) {
        boolean acrossIsFast = o.layout().stride()[across] == 1;
        t.line("for (i32 e = item; e < " + block.deep() * extent + "; e += " + block.items() + ") {");
        String fast = acrossIsFast ? name : "d", slow = acrossIsFast ? "d" : name;
        int inner = acrossIsFast ? extent : block.deep();
        t.line("const i32 " + fast + " = e % " + inner + ", " + slow + " = e / " + inner + ";");
        body.run();
        t.line("}");
    }

    /** Declares what an item needs of a slice. */
    private static void read(Text t, String register, String name, int count, String element) {
        t.line(register + " of_" + name + "[" + count + "];");
        t.line("UNROLL");
        t.line("for (i32 " + name + " = 0; " + name + " < " + count + "; " + name + "++) of_" + name + "[" + name
                + "] = " + element + ";");
    }

    /** Loops over an item's own rows and columns. */
    private void own(Text t) {
        t.line("UNROLL");
        t.line("for (i32 r = 0; r < " + block.rows() + "; r++)");
        t.line("UNROLL");
        t.line("for (i32 c = 0; c < " + block.columns() + "; c++)");
    }
}
