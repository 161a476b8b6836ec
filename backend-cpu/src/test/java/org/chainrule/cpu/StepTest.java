package org.chainrule.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.chainrule.DType;
import org.chainrule.InvalidArgumentException;
import org.chainrule.NonFiniteException;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Step;
import org.chainrule.Tensor;
import org.chainrule.nn.Initializers;
import org.chainrule.nn.Parameter;
import org.chainrule.optim.RmsProp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a step computes where recording, observing and assigning meet. */
class StepTest {
    @ParameterizedTest
    @ValueSource(strings = {"cpu", "reference"})
    void tensorsThatAreExchangedInOneKernelKeepEachOthersValues(String backend) {
        try (Session s = Session.open(backend)) {
            Tensor p = s.tensor(1f, 2f), q = s.tensor(3f, 4f);
            Step step = s.step(() -> {
                Tensor u = p.times(1), v = q.times(1);
                s.assign(p, v);
                s.assign(q, u);
                return u.plus(v);
            }).run();
            assertArrayEquals(new double[] {3, 4}, p.toDoubles());
            assertArrayEquals(new double[] {1, 2}, q.toDoubles());
            assertArrayEquals(new double[] {4, 6}, step.value(0).toDoubles());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "reference"})
    void whatTheBodyObservesIsComputedAnewInEachRun(String backend) {
        try (Session s = Session.open(backend)) {
            Tensor p = s.tensor(1f, 2f);
            Step step = s.step(() -> {
                Tensor doubled = p.times(2);
                assertArrayEquals(new double[] {2, 4}, doubled.toDoubles());
                s.assign(p, doubled.plus(1));
                return doubled.sum();
            });
            step.run();
            assertEquals(6, step.item());
            step.run();
            assertEquals(16, step.item());
            assertArrayEquals(new double[] {7, 11}, p.toDoubles());
        }
    }

    @Test
    void observingWhileRecordingKeepsNoMemory() {
        try (Session s = Session.open("cpu")) {
            Tensor p = s.tensor(1f, 2f);
            long before = s.liveBytes();
            s.step(() -> {
                Tensor sum = p.sum();
                sum.item();
                return sum;
            }).close();
            assertEquals(before, s.liveBytes());
        }
    }

    @Test
    void aHostScalarThatWasObservedIsStillAskedForInEachRun() {
        try (Session s = Session.open("cpu")) {
            double[] rate = {1};
            Tensor scalar = s.hostScalar(DType.F32, () -> rate[0]);
            assertEquals(1, scalar.item());
            Step step = s.step(() -> scalar.times(2));
            rate[0] = 10;
            assertEquals(20, step.run().item());
        }
    }

    @Test
    void aHostScalarIsAFloat() {
        try (Session s = Session.open("cpu")) {
            for (DType d : DType.values()) if (d != DType.F32 && d != DType.F64)
                assertThrows(InvalidArgumentException.class, () -> s.hostScalar(d, () -> 5));
        }
    }

    @Test
    void tensorsOfAnotherSessionAreRefused() {
        try (Session s = Session.open("cpu"); Session other = Session.open("cpu")) {
            Tensor mine = s.tensor(1f), foreign = other.tensor(2f);
            assertThrows(InvalidArgumentException.class, () -> s.eval(foreign.plus(1)));
            assertThrows(InvalidArgumentException.class, () -> s.assign(mine, foreign));
            assertThrows(InvalidArgumentException.class, () -> s.write(foreign, 1f));
            assertThrows(InvalidArgumentException.class, () -> s.step(() -> foreign.plus(1)));
        }
    }

    @Test
    void theCheckLooksAtWhatAKernelWroteAndAtNothingElse() {
        String before = System.getProperty("chainrule.check", "");
        System.setProperty("chainrule.check", "nan");
        try (Session s = Session.open("cpu")) {
            Tensor x = s.tensor(1f, 2f), zero = s.tensor(0f, 0f);
            Tensor last = Tensor.concat(0, x.plus(1), x.plus(2));
            assertArrayEquals(new double[] {2, 3, 3, 4}, last.toDoubles());
            NonFiniteException e = assertThrows(NonFiniteException.class, () -> x.over(zero).eval());
            assertTrue(String.valueOf(e.getMessage()).contains("made the first infinity, at element 0"));
            Tensor infinite = s.tensor(Float.POSITIVE_INFINITY, 1f);
            e = assertThrows(NonFiniteException.class, () -> Tensor.concat(0, x, infinite).eval());
            assertTrue(String.valueOf(e.getMessage()).contains("concat passed on infinity, at element 0 of shape [2]"));
        } finally {
            System.setProperty("chainrule.check", before);
        }
    }

    @Test
    void aFractionIsNoInteger() {
        try (Session s = Session.open("cpu")) {
            Tensor i = s.tensor(1, 2, 3);
            assertThrows(InvalidArgumentException.class, () -> i.lt(2.5));
            assertThrows(InvalidArgumentException.class, () -> i.plus(0.5));
            assertThrows(InvalidArgumentException.class, i::mean);
            assertArrayEquals(new double[] {0, 1, 2}, i.minus(1).toDoubles());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "reference"})
    void runningSumsOfHalfWidthNumbersAreSingle(String backend) {
        try (Session s = Session.open(backend)) {
            for (DType d : new DType[] {DType.F16, DType.BF16}) {
                Tensor ones = s.full(Shape.of(4000), d, 1);
                assertEquals(DType.F32, ones.cumsum(0).dtype());
                assertEquals(4000, ones.cumsum(0).select(0, -1).item());
            }
            assertThrows(InvalidArgumentException.class, () -> s.tensor(true, true).cumsum(0));
        }
    }

    @Test
    void movementRefusesWhatDoesNotFit() {
        try (Session s = Session.open("cpu")) {
            Tensor x = s.tensor(1f, 2f, 3f);
            assertThrows(org.chainrule.ShapeMismatchException.class, () -> x.pad(0, 0, -4, 0));
            assertThrows(org.chainrule.ShapeMismatchException.class, () -> x.pad(0, -4, 0, 0));
            assertThrows(InvalidArgumentException.class, () -> x.chunk(0, 0));
            assertArrayEquals(new double[] {2}, x.slice(0, 1, 3, Integer.MAX_VALUE).toDoubles());
            assertArrayEquals(new double[] {2}, x.pad(0, -1, -1, 0).toDoubles());
        }
    }

    @Test
    void centredRmsPropSurvivesGradientsThatDoNotChange() {
        try (Session s = Session.open("cpu")) {
            float[] slope = new float[64];
            for (int i = 0; i < slope.length; i++) slope[i] = 0.01f * (i + 1);
            Tensor g = s.tensor(slope);
            Parameter w = Parameter.of("w", Shape.of(64), Initializers.zeros()).init(s, Rng.of(1), DType.F32);
            RmsProp rule = RmsProp.of(List.of(w)).centered().learningRate(1e-6);
            Step step = s.step(() -> rule.minimize(w.value().times(g).sum()));
            for (int i = 0; i < 3000; i++) step.run();
            for (double v : w.value().toDoubles()) assertTrue(Double.isFinite(v));
        }
    }

    @Test
    void replayingAStepAllocatesNothingOnTheDeviceAndLittleOnTheHeap() {
        try (Session s = Session.open("cpu")) {
            Tensor x = s.tensor(Shape.of(64, 100), DType.F32, new double[6400]),
                    w = s.tensor(Shape.of(100, 80), DType.F32, new double[8000]);
            try (Step step = s.step(() -> {
                Tensor loss = x.matmul(w).plus(1).tanh().logSoftmax(1).square().mean();
                s.assign(w, w.minus(loss.gradients(w).getFirst().times(0.1)));
                return loss;
            })) {
                var threads =
                        (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
                step.run();
                long live = s.liveBytes(), each = Long.MAX_VALUE;
                // until the just-in-time compiler has the vector kernels, they box their vectors
                for (int window = 0; window < 200 && each >= 1024; window++) {
                    long before = threads.getCurrentThreadAllocatedBytes();
                    for (int i = 0; i < 500; i++) step.run();
                    each = (threads.getCurrentThreadAllocatedBytes() - before) / 500;
                }
                long least = each;
                assertEquals(live, s.liveBytes());
                assertTrue(least < 1024, () -> least + " bytes of heap for each step, however long it runs");
            }
        }
    }
}
