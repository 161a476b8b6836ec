package org.chainrule.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DialectTest {
    private static final Source SOURCE =
            new Source("f", "KERNEL(1, 1, 1) void f(GLOBAL f32 *x) { x[0] = tanh_f32(x[0]); }\n");

    /** tanh calls exp, which calls others in turn; nothing else comes along. */
    @ParameterizedTest
    @EnumSource
    void aSourceGetsTheFunctionsThatItCallsAndNoOthers(Dialect dialect) {
        String text = dialect.complete(List.of(SOURCE), true);
        assertThat(text).contains("FUNCTION f32 tanh_f32(", "FUNCTION f32 exp_f32(", "FUNCTION f32 expm1_reduced(",
                "FUNCTION f32 with_sign(").doesNotContain("FUNCTION f32 log_f32(", "philox");
        assertThat(text.indexOf("FUNCTION f32 exp_f32(")).isLessThan(text.indexOf("FUNCTION f32 tanh_f32("));
    }

    @Test
    void aDeviceWithoutDoublesReducesRareArgumentsInFloats() {
        assertThat(Dialect.OPENCL.complete(List.of(SOURCE), false)).contains("#define WIDE f32");
        assertThat(Dialect.OPENCL.complete(List.of(SOURCE), true)).contains("#define WIDE f64");
    }

    @Test
    void sourcesOfOneUnitShareTheFunctionsThatTheyCall() {
        String text = Dialect.OPENCL.complete(List.of(SOURCE, SOURCE.named("g")), true);
        assertThat(text).containsOnlyOnce("FUNCTION f32 tanh_f32(").containsOnlyOnce("void f(")
                .containsOnlyOnce("void g(");
    }
}
