package org.chainrule.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.chainrule.DType;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Layout;
import org.chainrule.plan.Operand;

/**
 * {@code epilogue(a · b, extra)} for every layout and batch. Large products: a work-item computes a tile of rows and vectors of columns over all of the
 * depth, reading {@code b} from zero-padded panels of as many columns, into which it is packed where it does not lie so already. Small ones: a
 * work-item for each element.
 */
final class MatrixProduct {
    /** Multiply-adds up to which packing is not worth its launch. */
    private static final long SMALL = 1 << 15;
    /** Rows up to which packing costs as much as the product. */
    private static final int FEW_ROWS = 4;
    /** Columns up to which rows of {@code b} are read in place: wider ones lie too far apart for the caches. */
    private static final int NARROW = 512;
    /** Rows of {@code b} that a work-item packs. */
    private static final int PACKED_ROWS = 256;

    private final Kernel.MatMul k;
    private final Tile tile;
    private final int rank, rows, columns, depth, batches;
    private final Layout b;
    /** The batch axes of a, b, extra and out. */
    private final Space batch;
    /** The batch axes along which b differs; panels are packed once for the others. */
    private final Space panels;

    /**
     * @param rows    rows of a tile
     * @param vectors vectors of a row of a tile
     * @param width   elements of a vector
     * @param items   work-items of a group
     */
    record Tile(int rows, int vectors, int width, int items) {
        int columns() {
            return vectors * width;
        }

        /** What computes {@code columns} columns fast: a processor's registers hold 16 vectors of 64 bytes beside what is read. */
        static Tile of(Hardware hardware, DType dtype, int columns) {
            if (!hardware.isCpu()) return new Tile(4, 4, 1, 64);
            int width = 64 / dtype.bytes();
            if (columns <= width) return new Tile(8, 1, width, 1);
            if (columns <= 2 * width) return new Tile(8, 2, width, 1);
            return new Tile(4, 4, width, 1);
        }
    }

    private MatrixProduct(Kernel.MatMul k, Hardware hardware) {
        this.k = k;
        this.rank = k.shape().rank();
        this.rows = k.shape().dim(rank - 2);
        this.columns = k.shape().dim(rank - 1);
        this.depth = k.a().layout().shape().dim(rank - 1);
        this.b = k.b().layout();
        this.tile = Tile.of(hardware, k.dtype(), columns);
        List<Integer> axes = Elementwise.axes(rank - 2);
        this.batch = Space.of(axes, Text.layouts(all()), merges(), k.shape().dims());
        this.batches = Math.toIntExact(batch.size());
        this.panels = Space.of(axes.stream().filter(a -> b.stride()[a] != 0).toList(), List.of(b), true,
                b.shape().dims());
    }

    static Recipe of(Kernel.MatMul k, Hardware hardware) {
        if (k.shape().size() == 0) return Recipe.NOTHING;
        MatrixProduct p = new MatrixProduct(k, hardware);
        if (p.rows < FEW_ROWS || (long) p.rows * p.columns * p.depth <= SMALL) return Recipe.of(p.byElements());
        boolean inPlace = p.b.stride()[p.rank - 1] == 1 && p.columns % p.tile.columns() == 0 && p.columns <= NARROW;
        if (inPlace) return Recipe.of(p.byTiles(true));
        int width = p.panelCount() * p.tile.columns();
        long packed = p.panels.size() * width * p.depth;
        if (packed > Integer.MAX_VALUE - 8) return Recipe.of(p.byElements());
        return new Recipe(List.of(p.packing(), p.byTiles(false)),
                List.of(new Recipe.Scratch(k.dtype(), (int) packed)));
    }

    private List<Operand> all() {
        List<Operand> all = new ArrayList<>(List.of(k.a(), k.b()));
        all.addAll(k.extra());
        all.addAll(k.out());
        return all;
    }

    private boolean merges() {
        return !ProgramText.hasCoordinates(k.epilogue());
    }

    private int panelCount() {
        return (columns - 1) / tile.columns() + 1;
    }

    /** The term that {@code coordinate} along {@code axis} adds to the place of {@code o}. */
    private static List<String> term(Text t, Operand o, int axis, String coordinate, String name) {
        int stride = o.layout().stride()[axis];
        if (stride == 0) return List.of();
        return List.of(stride == 1 ? coordinate : coordinate + " * " + t.number(name, stride));
    }

    private void emitEpilogue(Text t, Text.Walk walk, String value, String row, String column) {
        new Epilogue(k.epilogue(), k.extra(), k.out()).emit(t, value,
                axis -> axis == rank - 1 ? column : axis == rank - 2 ? row : walk.coordinate(axis),
                (i, o, name) -> Text.place(t.offset(o, name), walk.terms(2 + i, name),
                        term(t, o, rank - 2, row, name + "_row"), term(t, o, rank - 1, column, name + "_column")));
    }

    private Launch byElements() {
        Text t = new Text();
        int size = Math.toIntExact(k.shape().size());
        t.items(size, Elementwise.ITEMS);
        String n = t.number("columns", columns), m = t.number("rows", rows);
        t.line("const i32 column = i % " + n + ";");
        t.line("const i32 row = i / " + n + " % " + m + ";");
        t.line("const i32 matrix = i / " + n + " / " + m + ";");
        Text.Walk walk = t.new Walk(batch, "g");
        walk.coordinates("matrix");
        String register = ScalarType.register(k.dtype());
        t.line("const i32 a_start = " + Text.place(t.offset(k.a(), "a"), walk.terms(0, "a"),
                term(t, k.a(), rank - 2, "row", "a_row")) + ";");
        t.line("const i32 b_start = " + Text.place(t.offset(k.b(), "b"), walk.terms(1, "b"),
                term(t, k.b(), rank - 1, "column", "b_column")) + ";");
        String a = t.memory(k.a(), "a", false), second = t.memory(k.b(), "b", false);
        t.line(register + " sum = 0;");
        t.line("for (i32 p = 0; p < " + t.number("depth", depth) + "; p++) {");
        t.line("sum = fma("
                + ScalarType.load(k.a().dtype(), a,
                        Text.place(List.of("a_start"), term(t, k.a(), rank - 1, "p", "a_depth")))
                + ", "
                + ScalarType.load(k.b().dtype(), second,
                        Text.place(List.of("b_start"), term(t, k.b(), rank - 2, "p", "b_depth")))
                + ", sum);");
        t.line("}");
        emitEpilogue(t, walk, "sum", "row", "column");
        return t.launch(Entry.MATMUL_BY_ELEMENTS, Launch.Extent.of((size - 1) / Elementwise.ITEMS + 1),
                Launch.Extent.of(Elementwise.ITEMS));
    }

    /** {@code b} as [matrix][panel][depth][columns of a panel], zero beyond its columns. */
    private Launch packing() {
        Text t = new Text();
        String register = ScalarType.register(k.dtype());
        int width = tile.columns();
        String to = t.parameter("GLOBAL " + register + " *panels", "panels", new Argument.Scratch(0));
        String from = t.memory(k.b(), "b", false);
        String n = t.number("columns", columns), deep = t.number("depth", depth),
                count = t.number("count", panelCount());
        t.line("const i32 panel = (i32)GROUP(0) % " + count + ";");
        t.line("const i32 matrix = (i32)GROUP(0) / " + count + ";");
        Text.Walk walk = t.new Walk(panels, "g");
        walk.coordinates("matrix");
        t.line("const i32 start = " + Text.place(t.offset(k.b(), "b"), walk.terms(0, "b")) + ";");
        t.line("const i32 first = (i32)GROUP(1) * " + PACKED_ROWS + ";");
        t.line("const i32 last = first + " + PACKED_ROWS + " < " + deep + " ? first + " + PACKED_ROWS + " : " + deep
                + ";");
        String place = Text.place(List.of("start"), term(t, k.b(), rank - 2, "p", "b_depth"),
                term(t, k.b(), rank - 1, "column", "b_column"));
        String target = "((i64)GROUP(0) * " + deep + " + p) * " + width + " + c";
        if (tile.items() > 1) {
            t.line("for (i32 e = (i32)ITEM(0); e < (last - first) * " + width + "; e += " + tile.items() + ") {");
            t.line("const i32 p = first + e / " + width + ", c = e % " + width + ";");
        } else if (b.stride()[rank - 1] == 1) {
            t.line("for (i32 p = first; p < last; p++) for (i32 c = 0; c < " + width + "; c++) {");
        } else {
            // both sides of a transposition stay in the cache in blocks
            t.line("for (i32 from = first; from < last; from += 16) for (i32 c = 0; c < " + width
                    + "; c++) for (i32 p = from; p < from + 16 && p < last; p++) {");
        }
        t.line("const i32 column = panel * " + width + " + c;");
        t.line(to + "[" + target + "] = column < " + n + " ? " + ScalarType.load(k.b().dtype(), from, place) + " : 0;");
        t.line("}");
        return t.launch(Entry.PACK_COLUMNS,
                new Launch.Extent(Math.multiplyExact(panelCount(), Math.toIntExact(panels.size())),
                        Math.max(1, (depth - 1) / PACKED_ROWS + 1), 1),
                Launch.Extent.of(tile.items()));
    }

    private Launch byTiles(boolean inPlace) {
        Text t = new Text();
        String register = ScalarType.register(k.dtype()), vector = register + "x" + tile.width();
        int tiles = (rows - 1) / tile.rows() + 1;
        String n = t.number("columns", columns), m = t.number("rows", rows), deep = t.number("depth", depth);
        String each = t.number("tiles", tiles);
        String number = tile.items() == 1 ? "(i32)GROUP(0)" : "(i32)(GROUP(0) * " + tile.items() + "u + ITEM(0))";
        t.line("const i32 number = " + number + ";");
        if (tile.items() > 1)
            t.line("if (number >= " + t.number("total", Math.multiplyExact(tiles, batches)) + ") return;");
        t.line("const i32 matrix = number / " + each + ";");
        t.line("const i32 row = number % " + each + " * " + tile.rows() + ";");
        t.line("const i32 column = (i32)GROUP(1) * " + tile.columns() + ";");
        Text.Walk walk = t.new Walk(batch, "g");
        walk.coordinates("matrix");
        String a = t.memory(k.a(), "a", false);
        t.line("const i32 a_start = " + Text.place(t.offset(k.a(), "a"), walk.terms(0, "a")) + ";");
        for (int r = 0; r < tile.rows(); r++) {
            // rows beyond the last compute it again and are not stored
            t.line("const i32 row" + r + " = row + " + r + " < " + m + " ? row + " + r + " : " + m + " - 1;");
            t.line("const i32 a" + r + " = " + Text.place(List.of("a_start"),
                    term(t, k.a(), rank - 2, "row" + r, "a_row")) + ";");
        }
        String step;
        if (inPlace) {
            String second = t.memory(k.b(), "b", false);
            t.line("GLOBAL const " + ScalarType.stored(k.b().dtype()) + " *panel = " + second + " + "
                    + Text.place(t.offset(k.b(), "b"), walk.terms(1, "b"), List.of("column")) + ";");
            step = t.number("b_depth", b.stride()[rank - 2]);
        } else {
            String second = t.parameter("GLOBAL const " + register + " *panels", "panels", new Argument.Scratch(0));
            t.line("GLOBAL const " + register + " *panel = " + second + " + ((i64)(" + packedMatrix(t, walk) + ") * "
                    + t.number("count", panelCount()) + " + GROUP(1)) * " + deep + " * " + tile.columns() + ";");
            step = "" + tile.columns();
        }
        each((r, v) -> t.line(vector + " " + sum(r, v) + " = (" + vector + ")(0);"));
        t.line("for (i32 p = 0; p < " + deep + "; p++) {");
        for (int v = 0; v < tile.vectors(); v++)
            t.line("const " + vector + " b" + v + " = LOAD_VECTOR(" + tile.width() + ", panel + " + v * tile.width()
                    + ");");
        for (int r = 0; r < tile.rows(); r++) {
            t.line("const " + vector + " x" + r + " = (" + vector + ")(" + ScalarType.load(k.a().dtype(), a,
                    Text.place(List.of("a" + r), term(t, k.a(), rank - 1, "p", "a_depth"))) + ");");
            for (int v = 0; v < tile.vectors(); v++)
                t.line(sum(r, v) + " = fma(x" + r + ", b" + v + ", " + sum(r, v) + ");");
        }
        t.line("panel += " + step + ";");
        t.line("}");
        t.line(register + " sums[" + tile.columns() + "];");
        t.line("const i32 width = " + n + " - column < " + tile.columns() + " ? " + n + " - column : " + tile.columns()
                + ";");
        for (int r = 0; r < tile.rows(); r++) {
            t.line("if (row + " + r + " < " + m + ") {");
            for (int v = 0; v < tile.vectors(); v++)
                t.line("STORE_VECTOR(" + tile.width() + ", " + sum(r, v) + ", sums + " + v * tile.width() + ");");
            t.line("for (i32 c = 0; c < width; c++) {");
            t.line("const i32 at = column + c;");
            emitEpilogue(t, walk, "sums[c]", "row" + r, "at");
            t.line("}");
            t.line("}");
        }
        return t.launch(Entry.MATMUL_BY_TILES,
                new Launch.Extent((Math.multiplyExact(tiles, batches) - 1) / tile.items() + 1, panelCount(), 1),
                Launch.Extent.of(tile.items()));
    }

    /** The number of the packed matrix that a product reads, from its batch coordinates. */
    private String packedMatrix(Text t, Text.Walk walk) {
        List<String> terms = new ArrayList<>();
        int[] factor = new int[batch.extents().size()];
        int n = 1;
        for (int a = factor.length - 1; a >= 0; a--) {
            if (batch.strides().get(1).get(a) == 0) continue;
            factor[a] = n;
            n *= batch.extents().get(a);
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
