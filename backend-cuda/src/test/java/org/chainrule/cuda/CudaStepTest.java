package org.chainrule.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.chainrule.DType;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Step;
import org.chainrule.Tensor;
import org.chainrule.expr.Ops;
import org.chainrule.harness.cuda.Counters;
import org.chainrule.nn.Linear;
import org.chainrule.nn.Losses;
import org.chainrule.nn.Sequential;
import org.chainrule.optim.Adam;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the step of a classifier of handwritten digits asks of the driver, counted by the emulator. */
@ExtendWith(Emulated.class)
class CudaStepTest {
    private static final int BATCH = 128, PIXELS = 784, CLASSES = 10;
    private static final float[] IMAGES = new float[BATCH * PIXELS];
    private static final int[] LABELS = LongStream.range(0, BATCH).mapToInt(i -> (int) (i % CLASSES)).toArray();

    private static Sequential net(Session s) {
        return Sequential.of(Linear.of(PIXELS, 512), Ops.RELU, Linear.of(512, 256), Ops.RELU, Linear.of(256, CLASSES))
                .init(s, Rng.of(2));
    }

    /** A step, what it reads, and a batch on its way. */
    private record Training(Tensor images, Tensor labels, Step step) {
        static Training of(Session s, Sequential net) {
            Tensor images = s.full(Shape.of(BATCH, PIXELS), DType.F32, 0);
            Tensor labels = s.full(Shape.of(BATCH), DType.I32, 0);
            Adam adam = Adam.of(net.parameters());
            return new Training(images, labels, s.step(
                    () -> adam.minimize(Losses.crossEntropy(net.apply(images), labels.to(DType.I64)))));
        }

        void run(Session s) {
            s.write(images, IMAGES);
            s.write(labels, java.lang.foreign.MemorySegment.ofArray(LABELS));
            step.run();
        }
    }

    @Test
    void aSteadyStepIsOneCopyAndOneGraph() {
        try (Session s = Session.open("cuda")) {
            Training t = Training.of(s, net(s));
            for (int i = 0; i < 3; i++) t.run(s);
            t.step.item();
            Emulated.emulator().resetCounters();
            t.run(s);
            Counters one = Emulated.emulator().counters();
            assertThat(one.graphLaunches()).isEqualTo(1);
            assertThat(one.launches()).isZero();
            assertThat(one.graphKernels() + one.products()).isEqualTo(t.step.size().launches().orElseThrow());
            assertThat(one.allocations() + one.frees() + one.hostAllocations()).isZero();
            assertThat(one.synchronisations()).isZero();
            assertThat(one.toDevice()).isEqualTo(1);
            assertThat(one.toHost()).isZero();
            assertThat(t.step.item()).isFinite();
            // the loss, and what it has to report of classes that there are not
            assertThat(Emulated.emulator().counters().toHost()).isEqualTo(2);
        }
    }

    @Test
    void whatRunsOnceIsQueuedFunctionByFunction() {
        try (Session s = Session.open("cuda")) {
            Training t = Training.of(s, net(s));
            s.write(t.images, IMAGES);
            Emulated.emulator().resetCounters();
            t.step.run();
            Counters one = Emulated.emulator().counters();
            Step.Size size = t.step.size();
            assertThat(one.graphLaunches()).isZero();
            assertThat(one.launches() + one.products()).isEqualTo(size.launches().orElseThrow());
            assertThat(one.launches()).isBetween((long) size.kernels(), size.kernels() * 6L / 5);
            // each layer's forward, and its backward by weights and by inputs
            assertThat(one.products()).isEqualTo(8);
        }
    }

    /** The streams of random numbers are arguments that change from run to run. */
    @Test
    void aGraphTakesNewStreamsOfRandomNumbers() {
        try (Session s = Session.open("cuda")) {
            Tensor x = s.full(Shape.of(64), DType.F32, 1);
            Tensor sum = s.tensor(new float[64]);
            try (Step step = s.step(() -> {
                s.assign(sum, sum.plus(x.times(s.uniform(Rng.of(3), DType.F32, Shape.of(64)))));
                return sum.sum();
            })) {
                double last = 0;
                java.util.Set<Double> added = new java.util.HashSet<>();
                for (int i = 0; i < 5; i++) {
                    double now = step.run().item();
                    added.add(now - last);
                    last = now;
                }
                assertThat(added).hasSize(5);
            }
        }
    }
}
