package org.chainrule.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.chainrule.DType;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.Shape;
import org.chainrule.Step;
import org.chainrule.Tensor;
import org.chainrule.expr.Ops;
import org.chainrule.io.Json;
import org.chainrule.nn.Linear;
import org.chainrule.nn.Losses;
import org.chainrule.nn.Sequential;
import org.chainrule.optim.Adam;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the step of a classifier of handwritten digits asks of the device. */
class TrainingStepTest {
    private static final int RUNS = 10, BATCH = 128, PIXELS = 784, CLASSES = 10;

    @TempDir
    private Path folder = Path.of("");

    private static Step step(Session s) {
        Tensor x = s.uniform(Rng.of(1), DType.F32, Shape.of(BATCH, PIXELS)).eval();
        Tensor y = s.tensor(LongStream.range(0, BATCH).map(i -> i % CLASSES).toArray());
        Sequential net = Sequential.of(Linear.of(PIXELS, 512), Ops.RELU, Linear.of(512, 256), Ops.RELU,
                Linear.of(256, CLASSES)).init(s, Rng.of(2));
        Adam adam = Adam.of(net.parameters());
        return s.step(() -> adam.minimize(Losses.crossEntropy(net.apply(x), y)));
    }

    @Test
    void itStartsFewDeviceFunctionsMoreThanThePlanHasKernels() {
        try (Session s = OpenCl.session(); Step step = step(s)) {
            Step.Size size = step.size();
            assertThat(size.launches()).isPresent();
            assertThat(size.launches().getAsInt()).isBetween(size.kernels(), size.kernels() * 3 / 2);
        }
    }

    @Test
    void runsTakeNoMemoryAndReadNothingUntilAValueIsAskedFor() throws IOException {
        Path file = folder.resolve("t.json");
        int launches;
        try (Session s = OpenCl.session(file); Step step = step(s)) {
            launches = step.size().launches().orElseThrow();
            step.run();
            long held = s.device().liveBytes();
            for (int i = 1; i < RUNS; i++) step.run();
            assertThat(s.device().liveBytes()).isEqualTo(held);
            assertThat(step.item()).isFinite();
        }
        Map<String, Long> events = Json.parse(file.toString(), Files.readString(file)).asObject().get("traceEvents")
                .asArray().stream().map(Json::asObject).filter(e -> e.get("ph").asString().equals("X"))
                .map(e -> e.get("tid").asLong() == 0 ? "kernel" : e.get("name").asString())
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        // the value, and what the loss has to report of classes that there are not
        assertThat(events.get("download")).isEqualTo(2);
        // further kernels fill the parameters at the beginning
        assertThat(events.get("kernel")).isBetween((long) RUNS * launches, (RUNS + 1L) * launches);
    }
}
