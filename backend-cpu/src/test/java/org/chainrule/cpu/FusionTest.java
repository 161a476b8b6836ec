package org.chainrule.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.function.Function;
import org.chainrule.DType;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Step;
import org.chainrule.Tensor;
import org.chainrule.nn.Linear;
import org.chainrule.nn.Parameter;
import org.chainrule.optim.Adam;
import org.chainrule.optim.AdamW;
import org.chainrule.optim.Optimizer;
import org.chainrule.optim.Sgd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a fused kernel computes is what its ops compute one by one. */
class FusionTest {
    @ParameterizedTest
    @ValueSource(strings = {"cpu", "reference"})
    void valueOfHalfWidthIsRoundedWhereItIsReadAtOnce(String backend) {
        try (Session s = Session.open(backend)) {
            double v = 1.2078403234481812;
            Tensor x = s.tensor(Shape.of(1), DType.F32, v), half = x.to(DType.F16);
            assertEquals(DType.F16.round(v), half.times(1.5).minus(half.times(0.5)).item(), 1e-6);
            assertEquals(DType.BF16.round(v), x.to(DType.BF16).to(DType.F32).sum().item());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "reference"})
    void comparedLiteralHasTheDtypeOfWhatItIsComparedWith(String backend) {
        try (Session s = Session.open(backend)) {
            Tensor tenth = s.constant(Shape.of(2), DType.F64, 0.1).stopGradient();
            assertArrayEquals(new boolean[] {false, true}, s.tensor(0.1, 0.1 + 1e-12).gt(tenth).toBooleans());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "reference"})
    void productIsStoredInEachDtypeBeforeAnEpilogueTakesItsPlace(String backend) {
        try (Session s = Session.open(backend)) {
            Tensor product =
                    s.tensor(Shape.of(1, 2), DType.F32, 1, 2).matmul(s.tensor(Shape.of(2, 1), DType.F32, 3, 4));
            Tensor upper = product.triu(1), half = product.to(DType.F16);
            s.eval(upper, half);
            assertEquals(0, upper.item());
            assertEquals(11, half.item());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "reference"})
    void updatesOfHalfWidthAreAddedUpInFloat32(String backend) {
        try (Session s = Session.open(backend)) {
            Tensor index = s.tensor(Shape.of(4), DType.I64, 0, 0, 0, 0), zero = s.tensor(Shape.of(1), DType.F16, 0);
            Tensor sum = zero.scatterAdd(0, index, s.tensor(Shape.of(4), DType.F16, 2048, 1, 1, 1));
            assertEquals(DType.F32, sum.dtype());
            assertEquals(2051, sum.item());
            Tensor gradient = zero.gather(0, index).gradients(s.constant(Shape.of(4), DType.F16, 1), List.of(zero))
                    .getFirst();
            assertEquals(DType.F16, gradient.dtype());
            assertEquals(4, gradient.item());
        }
    }

    /** Kernels of a step in which {@code optimizer} changes one matrix of weights. */
    private static int kernels(Function<List<Parameter>, Optimizer<?>> optimizer) {
        try (Session s = Session.open("cpu")) {
            Linear layer = Linear.withoutBias(4, 3);
            layer.init(s, Rng.of(1));
            Tensor x = s.constant(Shape.of(5, 4), DType.F32, 1);
            Optimizer<?> o = optimizer.apply(layer.parameters());
            try (Step step = s.step(() -> o.minimize(layer.apply(x).square().mean()))) {
                return step.size().kernels();
            }
        }
    }

    @Test
    void updateIsTheEpilogueOfTheGradientsProductWhateverTheOptimizerKeeps() {
        int without = kernels(Sgd::of);
        assertEquals(without, kernels(Adam::of));
        assertEquals(without, kernels(AdamW::of));
        assertEquals(without, kernels(p -> AdamW.of(p).amsgrad()));
    }
}
