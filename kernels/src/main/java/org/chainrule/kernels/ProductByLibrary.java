package org.chainrule.kernels;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.chainrule.DType;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Layout;
import org.chainrule.plan.Operand;
import org.chainrule.plan.Program;

/**
 * The vendor's library multiplies; what follows the product is a map over its result. Where nothing follows, it writes the result itself.
 */
final class ProductByLibrary {
    /** A slot that no schedule has: it stands for the scratch memory of the product. */
    private static final int PRODUCT = Integer.MAX_VALUE;

    /** Releases of cuBLAS gave wrong results beyond so many. */
    private static final int BATCHES = 65_535;

    private ProductByLibrary() {}

    /** How it computes {@code p}; empty where it does not take how the operands lie, or their dtype. */
    static Optional<Recipe> recipe(MatrixProduct p) {
        Kernel.MatMul k = p.k;
        DType in = k.a().dtype();
        if (!in.isFloat() || in != k.b().dtype() || p.depth == 0 || p.batches > BATCHES) return Optional.empty();
        Operand only = k.out().getFirst();
        boolean direct = k.out().size() == 1 && k.epilogue().equals(Program.identity(k.epilogue().args().getFirst()))
                && takes(in, only.dtype());
        DType type = direct ? only.dtype() : k.dtype().arithmetic();
        if (!takes(in, type)) return Optional.empty();
        List<Layout> layouts = new ArrayList<>(List.of(k.a().layout(), k.b().layout()));
        layouts.add(direct ? only.layout() : Layout.of(k.shape()));
        Space batch = Space.of(Elementwise.axes(p.rank - 2), layouts, true, k.shape().dims());
        if (batch.extents().size() > 1) return Optional.empty();
        List<LibraryProduct.Matrix> matrices = new ArrayList<>();
        for (int i = 0; i < layouts.size(); i++)
            LibraryProduct.Matrix.of(layouts.get(i), batch.extents().isEmpty() ? 0 : batch.strides().get(i).getFirst())
                    .ifPresent(matrices::add);
        boolean backwards = matrices.stream().anyMatch(m -> m.stride() < 0);
        if (matrices.size() < layouts.size() || backwards || matrices.get(2).transposed()) return Optional.empty();
        Argument to = direct ? new Argument.Slot(only.slot()) : new Argument.Scratch(0);
        LibraryProduct product = new LibraryProduct(in, type, p.rows, p.columns, p.depth, matrices.get(0),
                matrices.get(1), matrices.get(2), p.batches,
                List.of(new Argument.Slot(k.a().slot()), new Argument.Slot(k.b().slot()), to));
        return Optional.of(direct ? new Recipe(List.of(product), List.of()) : followed(product, p, type));
    }

    /** Whether operands of {@code in} give a result of {@code out}. */
    private static boolean takes(DType in, DType out) {
        return in == out || (in == DType.F16 || in == DType.BF16) && out == DType.F32;
    }

    private static Recipe followed(LibraryProduct product, MatrixProduct p, DType type) {
        Kernel.MatMul k = p.k;
        List<Operand> in = new ArrayList<>(List.of(new Operand(PRODUCT, type, Layout.of(k.shape()))));
        in.addAll(k.extra());
        Recipe map = Elementwise.map(new Kernel.Map(k.label(), k.shape(), k.epilogue(), in, k.out()), p.hardware);
        List<Command> all = new ArrayList<>(List.of(product));
        for (Command c : map.commands()) if (c instanceof Launch l) all.add(onScratch(l));
        return new Recipe(all, List.of(new Recipe.Scratch(type, Math.toIntExact(k.shape().size()))));
    }

    private static Launch onScratch(Launch l) {
        Argument[] arguments = l.arguments().toArray(Argument[]::new);
        Arrays.setAll(arguments, i -> arguments[i].equals(new Argument.Slot(PRODUCT)) ? new Argument.Scratch(0)
                : arguments[i]);
        return new Launch(l.source(), List.of(arguments), l.groups(), l.items());
    }
}
