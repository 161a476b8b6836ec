package org.chainrule.kernels;

import java.util.ArrayList;
import java.util.List;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Operand;

/**
 * {@code epilogue(a · b, extra)} for every layout and batch, in the {@link ProductForm} that the device was tuned to, or else one that is known to suit its
 * kind.
 */
final class MatrixProduct {
    /** Multiply-adds up to which packing is not worth its launch. */
    private static final long SMALL = 1 << 15;
    /** Rows up to which packing costs as much as the product. */
    private static final int FEW_ROWS = 4;
    /** Columns up to which rows of {@code b} are read in place: wider ones lie too far apart for the caches. */
    private static final int NARROW = 512;

    final Kernel.MatMul k;
    final Hardware hardware;
    final int rank, rows, columns, depth, batches;
    /** The batch axes of a, b, extra and out. */
    final Space batch;

    private MatrixProduct(Kernel.MatMul k, Hardware hardware) {
        this.hardware = hardware;
        this.k = k;
        this.rank = k.shape().rank();
        this.rows = k.shape().dim(rank - 2);
        this.columns = k.shape().dim(rank - 1);
        this.depth = k.a().layout().shape().dim(rank - 1);
        List<Operand> all = new ArrayList<>(List.of(k.a(), k.b()));
        all.addAll(k.extra());
        all.addAll(k.out());
        this.batch = Space.of(Elementwise.axes(rank - 2), Text.layouts(all),
                !ProgramText.hasCoordinates(k.epilogue()), k.shape().dims());
        this.batches = Math.toIntExact(batch.size());
    }

    static Recipe of(Kernel.MatMul k, Hardware hardware) {
        if (k.shape().size() == 0) return Recipe.NOTHING;
        MatrixProduct p = new MatrixProduct(k, hardware);
        return switch (p.form()) {
            case ProductForm.Elements() -> Recipe.of(ProductByElements.launch(p));
            case ProductForm.Tiles t -> new ProductByTiles(p, t).recipe();
            case ProductForm.Blocks b -> Recipe.of(new ProductByBlocks(p, b).launch());
            case ProductForm.Library() -> ProductByLibrary.recipe(p).orElseThrow();
        };
    }

    private ProductForm form() {
        return hardware.tuning().form(ProductSize.of(k)).filter(this::takes).orElseGet(this::usual);
    }

    /** The form in which {@code k} is computed. */
    static ProductForm form(Kernel.MatMul k, Hardware hardware) {
        return new MatrixProduct(k, hardware).form();
    }

    /** Whether {@code form} can compute {@code k}: not each reads every layout, or has room for every size. */
    static boolean takes(Kernel.MatMul k, ProductForm form, Hardware hardware) {
        return new MatrixProduct(k, hardware).takes(form);
    }

    private boolean takes(ProductForm form) {
        return switch (form) {
            case ProductForm.Elements() -> true;
            case ProductForm.Tiles t -> t.packs() ? ProductByTiles.packed(this, t) <= Integer.MAX_VALUE - 8
                    : hasRows() && columns % t.columns() == 0;
            case ProductForm.Blocks _ -> true;
            case ProductForm.Library() -> ProductByLibrary.recipe(this).isPresent();
        };
    }

    /** Whether vectors of a row of {@code b} can be read from memory as they are. */
    private boolean hasRows() {
        return k.b().layout().stride()[rank - 1] == 1
                && ScalarType.stored(k.b().dtype()).equals(ScalarType.register(k.dtype()));
    }

    private ProductForm usual() {
        if (rows < FEW_ROWS || (long) rows * columns * depth <= SMALL) return new ProductForm.Elements();
        if (hardware.hasLibrary() && takes(new ProductForm.Library())) return new ProductForm.Library();
        ProductForm form = hardware.isCpu() ? ProductForm.Tiles.of(hardware, k.dtype(), columns)
                : ProductForm.Blocks.of(hardware, k.dtype(), rows, columns).orElse(new ProductForm.Elements());
        if (form instanceof ProductForm.Tiles t && columns <= NARROW && takes(t.inPlace())) return t.inPlace();
        return takes(form) ? form : new ProductForm.Elements();
    }

    /** The term that {@code coordinate} along {@code axis} adds to the place of {@code o}. */
    static List<String> term(Text t, Operand o, int axis, String coordinate, String name) {
        return t.term(coordinate, name, o.layout().stride()[axis]);
    }

    /** Stores {@code value}, the product at {@code row} and {@code column} of the batch's matrix that {@code walk} is at. */
    void emitEpilogue(Text t, Text.Walk walk, String value, String row, String column) {
        new Epilogue(k.epilogue(), k.extra(), k.out()).emit(t, value,
                axis -> axis == rank - 1 ? column : axis == rank - 2 ? row : walk.coordinate(axis),
                places(t, walk, row, column));
    }

    /** Lines that ask for the memory that the epilogue will read and write from {@code row} and {@code column} on, as far as rows lie in one piece. */
    List<String> epilogueAhead(Text t, Text.Walk walk, String row, String column) {
        return new Epilogue(k.epilogue(), k.extra(), k.out()).prefetches(t,
                o -> o.layout().stride()[rank - 1] == 1 && o.layout().stride()[rank - 2] != 0,
                places(t, walk, row, column));
    }

    private Epilogue.Places places(Text t, Text.Walk walk, String row, String column) {
        return (i, o, name) -> Text.place(t.offset(o, name), walk.terms(2 + i, name),
                term(t, o, rank - 2, row, name + "_row"), term(t, o, rank - 1, column, name + "_column"));
    }

    /** The element of {@code a} at {@code row} and {@code p}; {@code start} is where its matrix begins. */
    String a(Text t, String memory, String start, String row, String p) {
        return ScalarType.load(k.a().dtype(), memory, Text.place(List.of(start),
                term(t, k.a(), rank - 2, row, "a_row"), term(t, k.a(), rank - 1, p, "a_depth")));
    }

    /** The element of {@code b} at {@code p} and {@code column}. */
    String b(Text t, String memory, String start, String p, String column) {
        return ScalarType.load(k.b().dtype(), memory, Text.place(List.of(start),
                term(t, k.b(), rank - 2, p, "b_depth"), term(t, k.b(), rank - 1, column, "b_column")));
    }

    /** Declares {@code a_start} and {@code b_start}, where the matrices of the batch's element that {@code walk} is at begin. */
    void declareStarts(Text t, Text.Walk walk) {
        t.line("const i32 a_start = " + Text.place(t.offset(k.a(), "a"), walk.terms(0, "a")) + ";");
        t.line("const i32 b_start = " + Text.place(t.offset(k.b(), "b"), walk.terms(1, "b")) + ";");
    }
}
