package org.chainrule.kernels;

/** An element of the product by each work-item: for small ones. */
final class ProductByElements {
    private ProductByElements() {}

    static Launch launch(MatrixProduct p) {
        Text t = Text.strided(p.hardware);
        int size = Math.toIntExact(p.k.shape().size());
        t.items(size, Elementwise.ITEMS);
        String n = t.number("columns", p.columns), m = t.number("rows", p.rows);
        t.line("const i32 column = i % " + n + ";");
        t.line("const i32 row = i / " + n + " % " + m + ";");
        t.line("const i32 matrix = i / " + n + " / " + m + ";");
        Text.Walk walk = t.new Walk(p.batch, "g");
        walk.coordinates("matrix");
        p.declareStarts(t, walk);
        String a = t.memory(p.k.a(), "a", false), b = t.memory(p.k.b(), "b", false);
        t.line(ScalarType.register(p.k.dtype()) + " sum = 0;");
        t.line("for (i32 p = 0; p < " + t.number("depth", p.depth) + "; p++)");
        t.line("    sum = fma(" + p.a(t, a, "a_start", "row", "p") + ", " + p.b(t, b, "b_start", "p", "column")
                + ", sum);");
        p.emitEpilogue(t, walk, "sum", "row", "column");
        return t.launch(Entry.MATMUL_BY_ELEMENTS, Launch.Extent.of((size - 1) / Elementwise.ITEMS + 1),
                Launch.Extent.of(Elementwise.ITEMS));
    }
}
