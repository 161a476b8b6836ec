package org.chainrule.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.Map;
import org.chainrule.Axes;
import org.chainrule.ChainruleException;
import org.chainrule.ClosedException;
import org.chainrule.DType;
import org.chainrule.InvalidArgumentException;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Tensor;
import org.chainrule.nn.CrossEntropy;
import org.chainrule.nn.Losses;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a mistake is told as. */
class MessagesTest {
    private static String told(Executable mistake) {
        return String.valueOf(assertThrows(ChainruleException.class, mistake).getMessage());
    }

    @Test
    void probabilitiesOfOneClassAreToldOfTheLossThatIsMeant() {
        try (Session s = Session.open("cpu")) {
            Tensor logits = s.zeros(4, 1), target = s.ones(4, 1);
            assertTrue(told(() -> Losses.crossEntropy(logits, target)).contains("take bceWithLogits"));
        }
    }

    @Test
    void matricesOfIntegersAreTensors() {
        try (Session s = Session.open("cpu")) {
            Tensor ints = s.tensor(new int[][] {{1, 2}, {3, 4}}), longs = s.tensor(new long[][] {{5, 6}});
            assertEquals("[2, 2] I32 4.0", ints.shape() + " " + ints.dtype() + " " + ints.max().item());
            assertEquals("[1, 2] I64 6.0", longs.shape() + " " + longs.dtype() + " " + longs.max().item());
        }
    }

    @Test
    void anAxisThatIsNotThereIsToldWithTheOpAndTheShape() {
        try (Session s = Session.open("cpu")) {
            Tensor x = s.zeros(2, 3), index = s.tensor(0L);
            Map<String, Executable> mistakes = new LinkedHashMap<>();
            mistakes.put("sum", () -> x.sum(5));
            mistakes.put("prod", () -> x.prod(5));
            mistakes.put("max", () -> x.max(5));
            mistakes.put("mean", () -> x.mean(5));
            mistakes.put("var", () -> x.var(5));
            mistakes.put("std", () -> x.std(5));
            mistakes.put("norm", () -> x.norm(2, Axes.of(5)));
            mistakes.put("logSumExp", () -> x.logSumExp(5));
            mistakes.put("argmax", () -> x.argmax(5));
            mistakes.put("maxAlong", () -> x.maxAlong(5));
            mistakes.put("softmax", () -> x.softmax(5));
            mistakes.put("logSoftmax", () -> x.logSoftmax(5));
            mistakes.put("cumsum", () -> x.cumsum(5));
            mistakes.put("transpose", () -> x.transpose(0, 5));
            mistakes.put("permute", () -> x.permute(0, 5));
            mistakes.put("squeeze", () -> x.squeeze(5));
            mistakes.put("flatten", () -> x.flatten(0, 5));
            mistakes.put("slice", () -> x.slice(5, 0, 1));
            mistakes.put("select", () -> x.select(5, 0));
            mistakes.put("flip", () -> x.flip(5));
            mistakes.put("concat", () -> Tensor.concat(5, x, x));
            mistakes.put("split", () -> x.split(5, 1, 1));
            mistakes.put("roll", () -> x.roll(5, 1));
            mistakes.put("indexSelect", () -> x.indexSelect(5, index));
            mistakes.forEach((op, mistake) -> assertEquals(op
                    + ": axis 5 does not exist in shape [2, 3] of rank 2; its axes are 0 to 1, or -2 to -1",
                    firstLine(mistake)));
            assertEquals("sum: axis 0 does not exist in shape [], a scalar, which has no axes",
                    firstLine(() -> s.scalar(1).sum(0)));
            assertEquals("sum: axes [0, -2] name an axis of shape [2, 3] twice", firstLine(() -> x.sum(0, -2)));
        }
    }

    /** Ahead of asking the host for 32 GiB of zeros. */
    @Test
    void aTensorThatCannotBeIsRefusedBeforeItsElementsAreMade() {
        Session s = Session.open("cpu");
        assertTrue(told(() -> s.zeros(1 << 16, 1 << 17)).contains("would have 8589934592 elements"));
        s.close();
        assertThrows(ClosedException.class, () -> s.full(Shape.of(1 << 15, 1 << 15), DType.F64, 1));
    }

    private static String firstLine(Executable mistake) {
        return told(mistake).lines().findFirst().orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "reference"})
    void aClassThatIsNotThereIsToldWithTheLoss(String backend) {
        try (Session s = Session.open(backend)) {
            Tensor logits = s.zeros(2, 3), weight = s.ones(3), target = s.tensor(0L, 3);
            for (Tensor loss : new Tensor[] {Losses.crossEntropy(logits, target),
                CrossEntropy.of().weight(weight).apply(logits, target)}) {
                String told = String
                        .valueOf(assertThrows(InvalidArgumentException.class, loss::item).getMessage());
                assertTrue(
                        told.startsWith("crossEntropy") && told.contains("index 3 is outside an axis of extent 3"),
                        told);
            }
            String told = told(() -> Losses.nll(logits, target).item());
            assertTrue(told.startsWith("nll"), told);
        }
    }
}
