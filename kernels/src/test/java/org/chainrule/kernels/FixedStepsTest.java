package org.chainrule.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.chainrule.DType;
import org.chainrule.Origin;
import org.chainrule.Shape;
import org.chainrule.UnsupportedOpException;
import org.chainrule.expr.Expr.Fn;
import org.chainrule.expr.Expr.Fn2;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Layout;
import org.chainrule.plan.Operand;
import org.chainrule.plan.Program;
import org.chainrule.plan.Program.Instruction;
import org.junit.jupiter.api.Test;

/** Kernels for devices that compile nothing. */
class FixedStepsTest {
    private static final Hardware DEVICE = new Hardware(false, 2, 4, 48 << 10, 1024, false, false, Tuning.none());
    private static final Kernel.Label LABEL = new Kernel.Label("f", Origin.UNKNOWN);

    /** {@code tanh(x · constant) + x} of what lies as {@code layout}. */
    private static Recipe recipe(DType stored, Layout layout, double constant) {
        DType t = stored.arithmetic();
        Program program = new Program(List.of(stored),
                List.of(new Instruction.Const(constant, t), new Instruction.Binary(Fn2.MUL, 0, 1, t),
                        new Instruction.Unary(Fn.TANH, 2, t), new Instruction.Binary(Fn2.ADD, 3, 0, t)),
                List.of(4));
        return Recipes.of(new Kernel.Map(LABEL, layout.shape(), program, List.of(new Operand(0, stored, layout)),
                List.of(new Operand(1, stored, Layout.of(layout.shape())))), DEVICE);
    }

    private static Set<Source> sources(Recipe recipe) {
        return recipe.launches().stream().map(Launch::source).collect(Collectors.toSet());
    }

    @Test
    void everyInstructionIsAStepAndTheLastWritesTheResult() {
        Recipe r = recipe(DType.F32, Layout.of(Shape.of(5)), 0.5);
        assertThat(r.launches()).hasSize(3);
        assertThat(r.launches().getLast().arguments()).contains(new Argument.Slot(1));
        assertThat(r.scratch()).hasSize(2);
    }

    @Test
    void neitherLayoutsNorConstantsMakeFunctionsOfTheirOwn() {
        Layout transposed = Layout.of(Shape.of(3, 4)).permute(List.of(1, 0));
        assertThat(sources(recipe(DType.F32, transposed, 1)))
                .isEqualTo(sources(recipe(DType.F32, Layout.of(Shape.of(5)), 0.5)));
    }

    @Test
    void halfPrecisionIsWidenedBeforeAndRoundedAfterwards() {
        Set<Source> more = sources(recipe(DType.BF16, Layout.of(Shape.of(5)), 0.5));
        more.removeAll(sources(recipe(DType.F32, Layout.of(Shape.of(5)), 0.5)));
        assertThat(more).extracting(Source::text).satisfiesExactlyInAnyOrder(s -> assertThat(s).contains("load_bf16"),
                s -> assertThat(s).contains("store_bf16"));
    }

    /** Each result takes the other's argument's place: both are read before either is written. */
    @Test
    void resultsThatTakeThePlaceOfArgumentsAreWrittenLast() {
        Layout line = Layout.of(Shape.of(5));
        Operand x = new Operand(0, DType.F32, line), y = new Operand(1, DType.F32, line);
        Program swap = new Program(List.of(DType.F32, DType.F32), List.of(), List.of(1, 0));
        List<Launch> launches =
                Recipes.of(new Kernel.Map(LABEL, Shape.of(5), swap, List.of(x, y), List.of(x, y)), DEVICE).launches();
        assertThat(launches).hasSize(4);
        for (Launch store : launches.subList(2, 4))
            assertThat(store.arguments()).filteredOn(Argument.Slot.class::isInstance).hasSize(1);
    }

    @Test
    void aViewOfMoreAxesThanCopiesGoOverIsRefusedWithWhatToDo() {
        int[] dims = new int[9], strides = IntStream.range(0, 9).map(a -> 1 << 2 * (8 - a)).toArray();
        Arrays.fill(dims, 2);
        assertThatThrownBy(() -> recipe(DType.F32, new Layout(Shape.of(dims), 0, strides), 1))
                .isInstanceOf(UnsupportedOpException.class).hasMessageContaining("9 axes")
                .hasMessageContaining("NVRTC");
    }
}
