package org.chainrule.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.chainrule.plan.Layout;

/**
 * A work-item computes a tile of rows and vectors of columns over all of the depth. It reads {@code b} in rows of as many columns as the tile has: in
 * place, or from zero-padded panels into which it is packed first.
 */
final class ProductByTiles {
    /** Rows of {@code b} that a work-item packs. */
    private static final int PACKED_ROWS = 256;

    private final MatrixProduct p;
    private final ProductForm.Tiles tile;
    private final Layout b;
    /** The batch axes along which b differs; panels are packed once for the others. */
    private final Space panels;

    ProductByTiles(MatrixProduct p, ProductForm.Tiles tile) {
        this.p = p;
        this.tile = tile;
        this.b = p.k.b().layout();
        this.panels = panels(p);
    }

    private static Space panels(MatrixProduct p) {
        Layout b = p.k.b().layout();
        return Space.of(Elementwise.axes(p.rank - 2).stream().filter(a -> b.stride()[a] != 0).toList(), List.of(b),
                true, b.shape().dims());
    }

    private static int panelCount(MatrixProduct p, ProductForm.Tiles tile) {
        return (p.columns - 1) / tile.columns() + 1;
    }

    /** Elements of the packed operand. */
    static long packed(MatrixProduct p, ProductForm.Tiles tile) {
        return panels(p).size() * panelCount(p, tile) * tile.columns() * p.depth;
    }

    Recipe recipe() {
        if (!tile.packs()) return Recipe.of(product());
        return new Recipe(List.of(packing(), product()),
                List.of(new Recipe.Scratch(p.k.dtype(), Math.toIntExact(packed(p, tile)))));
    }

    /** {@code b} as [matrix][panel][depth][columns of a panel], zero beyond its columns. */
    private Launch packing() {
        Text t = new Text(p.hardware);
        String register = ScalarType.register(p.k.dtype());
        int width = tile.columns();
        String to = t.parameter("GLOBAL " + register + " *panels", "panels", new Argument.Scratch(0));
        String from = t.memory(p.k.b(), "b", false);
        String n = t.number("columns", p.columns), deep = t.number("depth", p.depth),
                count = t.number("count", panelCount(p, tile));
        t.line("const i32 panel = (i32)GROUP(0) % " + count + ";");
        t.line("const i32 matrix = (i32)GROUP(0) / " + count + ";");
        Text.Walk walk = t.new Walk(panels, "g");
        walk.coordinates("matrix");
        t.line("const i32 start = " + Text.place(t.offset(p.k.b(), "b"), walk.terms(0, "b")) + ";");
        t.line("const i32 first = (i32)GROUP(1) * " + PACKED_ROWS + ";");
        t.line("const i32 last = first + " + PACKED_ROWS + " < " + deep + " ? first + " + PACKED_ROWS + " : " + deep
                + ";");
        if (isTransposed()) {
            packTransposed(t, to, from);
            return packing(t);
        }
        String target = target("p", "c");
        t.line("for (i32 p = first; p < last; p++) for (i32 c = 0; c < " + width + "; c++) {");
        t.line("const i32 column = panel * " + width + " + c;");
        t.line(to + "[" + target + "] = column < " + n + " ? " + p.b(t, from, "start", "p", "column") + " : 0;");
        t.line("}");
        return packing(t);
    }

    /** The place of an element in the panels. */
    private String target(String row, String column) {
        return "((i64)GROUP(0) * depth + " + row + ") * " + tile.columns() + " + " + column;
    }

    /** Whether vectors of a column of {@code b} can be read from memory as they are. */
    private boolean isTransposed() {
        return b.stride()[p.rank - 2] == 1 && b.stride()[p.rank - 1] != 1
                && ScalarType.stored(p.k.b().dtype()).equals(ScalarType.register(p.k.dtype()));
    }

    /** Transposes square blocks of as many rows as a vector has lanes, by exchanging halves of ever larger squares between two vectors (Eklundh). */
    private void packTransposed(Text t, String to, String from) {
        int lanes = tile.width();
        String vector = ScalarType.register(p.k.dtype()) + "x" + lanes;
        t.line("for (i32 p = first; p < last; p += " + lanes + ") for (i32 c = 0; c < " + tile.columns() + "; c += "
                + lanes + ") {");
        t.line("const i32 column = panel * " + tile.columns() + " + c;");
        t.line("if (p + " + lanes + " <= last && column + " + lanes + " <= columns) {");
        for (int i = 0; i < lanes; i++) t.line("const " + vector + " v0_" + i + " = LOAD_VECTOR(" + lanes + ", &"
                + p.b(t, from, "start", "p", "(column + " + i + ")") + ");");
        int stage = 0;
        for (int d = 1; d < lanes; d *= 2, stage++) for (int i = 0; i < lanes; i++) {
            String low = "v" + stage + "_" + (i & ~d), high = "v" + stage + "_" + (i | d);
            int distance = d, row = i;
            t.line("const " + vector + " v" + (stage + 1) + "_" + i + " = (" + vector + ")("
                    + IntStream.range(0, lanes).mapToObj(l -> ((l & distance) == 0 ? low : high) + ".s"
                            + Integer.toHexString((l & ~distance) | (row & distance))).collect(Collectors.joining(", "))
                    + ");");
        }
        for (int i = 0; i < lanes; i++) t.line("STORE_VECTOR(" + lanes + ", v" + stage + "_" + i + ", " + to + " + "
                + target("p + " + i, "c") + ");");
        t.line("} else for (i32 e = 0; e < " + lanes * lanes + "; e++) {");
        t.line("const i32 row = p + e / " + lanes + ", at = column + e % " + lanes + ";");
        t.line("if (row < last) " + to + "[" + target("row", "c + e % " + lanes) + "] = at < columns ? "
                + p.b(t, from, "start", "row", "at") + " : 0;");
        t.line("}");
        t.line("}");
    }

    private Launch packing(Text t) {
        return t.launch(Entry.PACK_COLUMNS,
                new Launch.Extent(Math.multiplyExact(panelCount(p, tile), Math.toIntExact(panels.size())),
                        Math.max(1, (p.depth - 1) / PACKED_ROWS + 1), 1),
                Launch.Extent.of(1));
    }

    private Launch product() {
        Text t = new Text(p.hardware);
        String register = ScalarType.register(p.k.dtype()), vector = register + "x" + tile.width();
        int tiles = (p.rows - 1) / tile.rows() + 1;
        String n = t.number("columns", p.columns), m = t.number("rows", p.rows), deep = t.number("depth", p.depth);
        String each = t.number("tiles", tiles);
        t.line("const i32 number = (i32)GROUP(0);");
        t.line("const i32 matrix = number / " + each + ";");
        t.line("const i32 row = number % " + each + " * " + tile.rows() + ";");
        t.line("const i32 column = (i32)GROUP(1) * " + tile.columns() + ";");
        Text.Walk walk = t.new Walk(p.batch, "g");
        walk.coordinates("matrix");
        String a = t.memory(p.k.a(), "a", false);
        t.line("const i32 a_start = " + Text.place(t.offset(p.k.a(), "a"), walk.terms(0, "a")) + ";");
        for (int r = 0; r < tile.rows(); r++) {
            // rows beyond the last compute it again and are not stored
            t.line("const i32 row" + r + " = row + " + r + " < " + m + " ? row + " + r + " : " + m + " - 1;");
            t.line("const i32 a" + r + " = " + Text.place(List.of("a_start"),
                    MatrixProduct.term(t, p.k.a(), p.rank - 2, "row" + r, "a_row")) + ";");
        }
        String step;
        if (!tile.packs()) {
            String second = t.memory(p.k.b(), "b", false);
            t.line("GLOBAL const " + ScalarType.stored(p.k.b().dtype()) + " *panel = " + second + " + "
                    + Text.place(t.offset(p.k.b(), "b"), walk.terms(1, "b"), List.of("column")) + ";");
            step = t.number("b_depth", b.stride()[p.rank - 2]);
        } else {
            String second = t.parameter("GLOBAL const " + register + " *panels", "panels", new Argument.Scratch(0));
            t.line("GLOBAL const " + register + " *panel = " + second + " + ((i64)(" + packedMatrix(t, walk) + ") * "
                    + t.number("count", panelCount(p, tile)) + " + GROUP(1)) * " + deep + " * " + tile.columns()
                    + ";");
            step = "" + tile.columns();
        }
        int across = tile.columns();
        t.line("const i32 height = " + m + " - row < " + tile.rows() + " ? " + m + " - row : " + tile.rows() + ";");
        t.line("const i32 width = " + n + " - column < " + across + " ? " + n + " - column : " + across + ";");
        // on its way while the sums are computed
        List<String> ahead = p.epilogueAhead(t, walk, "down", "at");
        if (!ahead.isEmpty()) {
            t.line("for (i32 r = 0; r < height; r++) {");
            t.line("const i32 down = row + r;");
            t.line("for (i32 c = 0; c < width; c += " + tile.width() + ") {");
            t.line("const i32 at = column + c;");
            ahead.forEach(t::line);
            t.line("}");
            t.line("}");
        }
        each((r, v) -> t.line(vector + " " + sum(r, v) + " = (" + vector + ")(0);"));
        t.line("for (i32 p = 0; p < " + deep + "; p++) {");
        for (int v = 0; v < tile.vectors(); v++)
            t.line("const " + vector + " b" + v + " = LOAD_VECTOR(" + tile.width() + ", panel + " + v * tile.width()
                    + ");");
        for (int r = 0; r < tile.rows(); r++) {
            t.line("const " + vector + " x" + r + " = (" + vector + ")(" + ScalarType.load(p.k.a().dtype(), a,
                    Text.place(List.of("a" + r), MatrixProduct.term(t, p.k.a(), p.rank - 1, "p", "a_depth"))) + ");");
            for (int v = 0; v < tile.vectors(); v++)
                t.line(sum(r, v) + " = fma(x" + r + ", b" + v + ", " + sum(r, v) + ");");
        }
        t.line("panel += " + step + ";");
        t.line("}");
        t.line(register + " sums[" + tile.rows() * across + "];");
        each((r, v) -> t.line("STORE_VECTOR(" + tile.width() + ", " + sum(r, v) + ", sums + "
                + (r * across + v * tile.width()) + ");"));
        t.line("for (i32 r = 0; r < height; r++) {");
        t.line("const i32 down = row + r;");
        t.line("INDEPENDENT");
        t.line("for (i32 c = 0; c < width; c++) {");
        t.line("const i32 at = column + c;");
        p.emitEpilogue(t, walk, "sums[r * " + across + " + c]", "down", "at");
        t.line("}");
        t.line("}");
        return t.launch(Entry.MATMUL_BY_TILES,
                new Launch.Extent(Math.multiplyExact(tiles, p.batches), panelCount(p, tile),
                        1),
                Launch.Extent.of(1));
    }

    /** The number of the packed matrix that a product reads, from its batch coordinates. */
    private String packedMatrix(Text t, Text.Walk walk) {
        List<String> terms = new ArrayList<>();
        int[] factor = new int[p.batch.extents().size()];
        int n = 1;
        for (int a = factor.length - 1; a >= 0; a--) {
            if (p.batch.strides().get(1).get(a) == 0) continue;
            factor[a] = n;
            n *= p.batch.extents().get(a);
        }
        IntStream.range(0, factor.length).filter(a -> factor[a] != 0).forEach(a -> terms
                .add(factor[a] == 1 ? walk.coordinate(a)
                        : walk.coordinate(a) + " * " + t.number("packed" + a, factor[a])));
        return Text.place(terms);
    }

    private static String sum(int row, int vector) {
        return "sum" + row + "_" + vector;
    }

    private interface Register {
        void at(int row, int vector);
    }

    private void each(Register body) {
        for (int r = 0; r < tile.rows(); r++) for (int v = 0; v < tile.vectors(); v++) body.at(r, v);
    }
}
