package org.chainrule.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.chainrule.plan.Layout;
import org.chainrule.plan.Operand;

/**
 * A work-item computes a tile of rows and vectors of columns over all of the depth. It reads {@code b} in rows of as many columns as the tile has, in
 * place or from zero-padded panels into which it is packed first, and {@code a} in columns of as many rows, in place or packed, too.
 */
final class ProductByTiles {
    /** Steps along the depth that a work-item packs. */
    private static final int PACKED_DEPTH = 256;

    private final MatrixProduct p;
    private final ProductForm.Tiles tile;
    private final Layout b;
    /** The batch axes along which a and b differ; each is packed once for the others. */
    private final Space lefts, panels;

    ProductByTiles(MatrixProduct p, ProductForm.Tiles tile) {
        this.p = p;
        this.tile = tile;
        this.b = p.k.b().layout();
        this.lefts = batch(p, p.k.a());
        this.panels = batch(p, p.k.b());
    }

    private static Space batch(MatrixProduct p, Operand o) {
        Layout l = o.layout();
        return Space.of(Elementwise.axes(p.rank - 2).stream().filter(a -> l.stride()[a] != 0).toList(), List.of(l),
                true, l.shape().dims());
    }

    private static int tileCount(MatrixProduct p, ProductForm.Tiles tile) {
        return (p.rows - 1) / tile.rows() + 1;
    }

    private static int panelCount(MatrixProduct p, ProductForm.Tiles tile) {
        return (p.columns - 1) / tile.columns() + 1;
    }

    private static long rightElements(MatrixProduct p, ProductForm.Tiles tile) {
        return batch(p, p.k.b()).size() * panelCount(p, tile) * tile.columns() * p.depth;
    }

    private static long leftElements(MatrixProduct p, ProductForm.Tiles tile) {
        return batch(p, p.k.a()).size() * tileCount(p, tile) * tile.rows() * p.depth;
    }

    /** Elements of the larger packed operand. */
    static long packed(MatrixProduct p, ProductForm.Tiles tile) {
        return Math.max(tile.packsRight() ? rightElements(p, tile) : 0, tile.packsLeft() ? leftElements(p, tile) : 0);
    }

    Recipe recipe() {
        List<Command> commands = new ArrayList<>();
        List<Recipe.Scratch> scratch = new ArrayList<>();
        if (tile.packsRight()) {
            commands.add(packRight());
            scratch.add(new Recipe.Scratch(p.k.dtype(), Math.toIntExact(rightElements(p, tile))));
        }
        if (tile.packsLeft()) {
            commands.add(packLeft());
            scratch.add(new Recipe.Scratch(p.k.dtype(), Math.toIntExact(leftElements(p, tile))));
        }
        commands.add(product());
        return new Recipe(commands, scratch);
    }

    /** {@code b} as [matrix][panel][depth][columns of a panel], zero beyond its columns. */
    private Launch packRight() {
        Text t = new Text(p.hardware);
        int width = tile.columns();
        String to = t.parameter("GLOBAL " + ScalarType.register(p.k.dtype()) + " *panels", "panels",
                new Argument.Scratch(0));
        String from = t.memory(p.k.b(), "b", false);
        String n = t.number("columns", p.columns);
        beginPacking(t, p.k.b(), "b", panels, panelCount(p, tile), "panel");
        if (isTransposed()) {
            packTransposed(t, to, from);
        } else {
            t.line("for (i32 p = first; p < last; p++) for (i32 c = 0; c < " + width + "; c++) {");
            t.line("const i32 column = panel * " + width + " + c;");
            t.line(to + "[" + target("p", "c") + "] = column < " + n + " ? " + p.b(t, from, "start", "p", "column")
                    + " : 0;");
            t.line("}");
        }
        return packing(t, Entry.PACK_COLUMNS, panelCount(p, tile), panels);
    }

    /** {@code a} as [matrix][tile][depth][rows of a tile]; rows beyond the last are the last again. */
    private Launch packLeft() {
        Text t = new Text(p.hardware);
        String to = t.parameter("GLOBAL " + ScalarType.register(p.k.dtype()) + " *lefts", "lefts",
                new Argument.Scratch(1));
        String from = t.memory(p.k.a(), "a", false);
        String m = t.number("rows", p.rows);
        beginPacking(t, p.k.a(), "a", lefts, tileCount(p, tile), "tile");
        for (int r = 0; r < tile.rows(); r++) {
            String row = "tile * " + tile.rows() + " + " + r;
            t.line("const i32 row" + r + " = " + row + " < " + m + " ? " + row + " : " + m + " - 1;");
        }
        t.line("for (i32 p = first; p < last; p++) {");
        for (int r = 0; r < tile.rows(); r++) t.line(to + "[((i64)GROUP(0) * depth + p) * " + tile.rows() + " + " + r
                + "] = " + p.a(t, from, "start", "row" + r, "p") + ";");
        t.line("}");
        return packing(t, Entry.PACK_ROWS, tileCount(p, tile), lefts);
    }

    /** Declares what a work-item packs: the {@code part}, where its matrix starts, and from where to where along the depth. */
    private void beginPacking(Text t, Operand o, String name, Space batch, int parts, String part) {
        String deep = t.number("depth", p.depth), count = t.number("count", parts);
        t.line("const i32 " + part + " = (i32)GROUP(0) % " + count + ";");
        t.line("const i32 matrix = (i32)GROUP(0) / " + count + ";");
        Text.Walk walk = t.new Walk(batch, "g");
        walk.coordinates("matrix");
        t.line("const i32 start = " + Text.place(t.offset(o, name), walk.terms(0, name)) + ";");
        t.line("const i32 first = (i32)GROUP(1) * " + PACKED_DEPTH + ";");
        t.line("const i32 last = first + " + PACKED_DEPTH + " < " + deep + " ? first + " + PACKED_DEPTH + " : " + deep
                + ";");
    }

    private Launch packing(Text t, Entry entry, int parts, Space batch) {
        return t.launch(entry, new Launch.Extent(Math.multiplyExact(parts, Math.toIntExact(batch.size())),
                Math.max(1, (p.depth - 1) / PACKED_DEPTH + 1), 1), Launch.Extent.of(1));
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

    private Launch product() {
        Text t = new Text(p.hardware);
        String register = ScalarType.register(p.k.dtype()), vector = register + "x" + tile.width();
        int tiles = tileCount(p, tile);
        String n = t.number("columns", p.columns), m = t.number("rows", p.rows), deep = t.number("depth", p.depth);
        String each = t.number("tiles", tiles);
        t.line("const i32 number = (i32)GROUP(0);");
        t.line("const i32 matrix = number / " + each + ";");
        t.line("const i32 row = number % " + each + " * " + tile.rows() + ";");
        t.line("const i32 column = (i32)GROUP(1) * " + tile.columns() + ";");
        Text.Walk walk = t.new Walk(p.batch, "g");
        walk.coordinates("matrix");
        List<String> left = tile.packsLeft() ? leftPacked(t, walk, each, deep) : leftInPlace(t, walk, m);
        String step;
        if (!tile.packsRight()) {
            String second = t.memory(p.k.b(), "b", false);
            t.line("GLOBAL const " + ScalarType.stored(p.k.b().dtype()) + " *panel = " + second + " + "
                    + Text.place(t.offset(p.k.b(), "b"), walk.terms(1, "b"), List.of("column")) + ";");
            step = t.number("b_depth", b.stride()[p.rank - 2]);
        } else {
            String second = t.parameter("GLOBAL const " + register + " *panels", "panels", new Argument.Scratch(0));
            t.line("GLOBAL const " + register + " *panel = " + second + " + ((i64)("
                    + packedMatrix(t, walk, 1, "packed") + ") * "
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
        if (!tile.packsLeft()) t.line("const i64 along = "
                + Text.place(MatrixProduct.term(t, p.k.a(), p.rank - 1, "(i64)p", "a_depth")) + ";");
        for (int r = 0; r < tile.rows(); r++) {
            t.line("const " + vector + " x" + r + " = (" + vector + ")(" + left.get(r) + ");");
            for (int v = 0; v < tile.vectors(); v++)
                t.line(sum(r, v) + " = fma(x" + r + ", b" + v + ", " + sum(r, v) + ");");
        }
        t.line("panel += " + step + ";");
        if (tile.packsLeft()) t.line("left += " + tile.rows() + ";");
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

    /** The elements of {@code a}, one for each row of the tile, at {@code along}. */
    private List<String> leftInPlace(Text t, Text.Walk walk, String m) {
        String a = t.memory(p.k.a(), "a", false);
        t.line("const i32 a_start = " + Text.place(t.offset(p.k.a(), "a"), walk.terms(0, "a")) + ";");
        for (int r = 0; r < tile.rows(); r++) {
            // rows beyond the last compute it again and are not stored
            t.line("const i32 row" + r + " = row + " + r + " < " + m + " ? row + " + r + " : " + m + " - 1;");
            // a pointer for each row, for sums of 32 bits in the loop would be extended to 64 each
            t.line("GLOBAL const " + ScalarType.stored(p.k.a().dtype()) + " *left" + r + " = " + a + " + " + Text.place(
                    List.of("a_start"), MatrixProduct.term(t, p.k.a(), p.rank - 2, "row" + r, "a_row")) + ";");
        }
        return IntStream.range(0, tile.rows()).mapToObj(r -> ScalarType.load(p.k.a().dtype(), "left" + r, "along"))
                .toList();
    }

    /** As {@link #leftInPlace}, where {@code left} has come to {@code p}. */
    private List<String> leftPacked(Text t, Text.Walk walk, String tiles, String deep) {
        String register = ScalarType.register(p.k.dtype());
        String lefts = t.parameter("GLOBAL const " + register + " *lefts", "lefts", new Argument.Scratch(1));
        t.line("GLOBAL const " + register + " *left = " + lefts + " + ((i64)(" + packedMatrix(t, walk, 0, "left")
                + ") * " + tiles + " + number % " + tiles + ") * " + deep + " * " + tile.rows() + ";");
        return IntStream.range(0, tile.rows()).mapToObj(r -> "left[" + r + "]").toList();
    }

    /** The number of the packed matrix that a product reads of its operand {@code which}, from its batch coordinates. */
    private String packedMatrix(Text t, Text.Walk walk, int which, String name) {
        List<String> terms = new ArrayList<>();
        int[] factor = new int[p.batch.extents().size()];
        int n = 1;
        for (int a = factor.length - 1; a >= 0; a--) {
            if (p.batch.strides().get(which).get(a) == 0) continue;
            factor[a] = n;
            n *= p.batch.extents().get(a);
        }
        IntStream.range(0, factor.length).filter(a -> factor[a] != 0).forEach(a -> terms
                .add(factor[a] == 1 ? walk.coordinate(a)
                        : walk.coordinate(a) + " * " + t.number(name + a, factor[a])));
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
