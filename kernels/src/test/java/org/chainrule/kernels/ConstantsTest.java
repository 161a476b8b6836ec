package org.chainrule.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.chainrule.DType;
import org.chainrule.Origin;
import org.chainrule.Shape;
import org.chainrule.expr.Expr.Fn2;
import org.chainrule.plan.Kernel;
import org.chainrule.plan.Layout;
import org.chainrule.plan.Operand;
import org.chainrule.plan.Program;
import org.chainrule.plan.Program.Instruction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the constants of formulas in device functions. */
class ConstantsTest {
    private static final Hardware GPU = new Hardware(false, 2, 4, 48 << 10, 1024, false, true, Tuning.none());

    /** {@code fn(x, constant)} for elements of {@code type}. */
    private static Launch launch(Fn2 fn, double constant, DType type) {
        Program program = new Program(List.of(type), List.of(new Instruction.Const(constant, type.arithmetic()),
                new Instruction.Binary(fn, 0, 1, type.arithmetic())), List.of(2));
        Layout line = Layout.of(Shape.of(5));
        return Recipes.of(new Kernel.Map(new Kernel.Label("f", Origin.UNKNOWN), Shape.of(5), program,
                List.of(new Operand(0, type, line)), List.of(new Operand(1, type, line))), GPU).launches().getFirst();
    }

    private static List<Argument> constants(Launch launch) {
        return launch.arguments().stream().filter(Argument.Constant.class::isInstance).toList();
    }

    @ParameterizedTest
    @CsvSource({"F32, 0.9", "F16, 0.5", "F64, -7", "I32, -2147483648", "I64, 3"})
    void numbersAreArgumentsSoThatTheyMakeNoSourcesOfTheirOwn(DType type, double value) {
        Launch one = launch(Fn2.MUL, value, type), other = launch(Fn2.MUL, 17, type);
        assertThat(one.source()).isEqualTo(other.source());
        assertThat(constants(one)).containsExactly(new Argument.Constant("r1", type.arithmetic(), value));
        assertThat(constants(other)).containsExactly(new Argument.Constant("r1", type.arithmetic(), 17));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1, -1})
    void unitsStayInTheText(double value) {
        assertThat(constants(launch(Fn2.SUB, value, DType.F32))).isEmpty();
    }

    @Test
    void exponentsAndDivisorsOfWholeNumbersStayInTheText() {
        assertThat(constants(launch(Fn2.POW, 3, DType.F32))).isEmpty();
        assertThat(constants(launch(Fn2.DIV, 3, DType.I32))).isEmpty();
        assertThat(constants(launch(Fn2.DIV, 3, DType.F32))).hasSize(1);
    }

    @Test
    void aFunctionIsGivenTheBitsOfItsConstants() {
        assertThat(Bits.of(new Argument.Constant("r", DType.F32, 0.1))).isEqualTo(Float.floatToIntBits(0.1f));
        assertThat(Bits.of(new Argument.Constant("r", DType.F64, 0.1))).isEqualTo(Double.doubleToLongBits(0.1));
        assertThat(Bits.of(new Argument.Constant("r", DType.I32, 4294967295.0))).isEqualTo(-1);
        assertThat(Bits.of(new Argument.Constant("r", DType.I64, -5))).isEqualTo(-5);
        assertThat(Bits.of(new Argument.Constant("r", DType.F32, Double.NaN))).isEqualTo(0x7fc00000);
    }

    /** What an argument was set to. */
    private static final class Bits implements DeviceFunction {
        private long set;

        static long of(Argument.Constant constant) {
            Bits bits = new Bits();
            constant.set(bits, 0);
            return bits.set;
        }

        @Override
        public void set(int index, int value) {
            set = value;
        }

        @Override
        public void set(int index, long value) {
            set = value;
        }

        @Override
        public void queue() {}

        @Override
        public void close() {}
    }
}
