package org.chainrule.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.chainrule.Session;
import org.chainrule.Step;
import org.chainrule.Tensor;
import org.chainrule.io.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the device measures of its queue. */
class TraceTest {
    /** More kernels than are kept until somebody waits. */
    private static final int RUNS = 2000;

    @TempDir
    private Path folder = Path.of("");

    private static List<Map<String, Json>> events(Path file, int track) throws IOException {
        return Json.parse(file.toString(), Files.readString(file)).asObject().get("traceEvents").asArray().stream()
                .map(Json::asObject)
                .filter(e -> e.get("ph").asString().equals("X") && e.get("tid").asLong() == track).toList();
    }

    private static double end(Map<String, Json> event) {
        return event.get("ts").asDouble() + event.get("dur").asDouble();
    }

    @Test
    void eachKernelThatWasQueuedIsReportedOnTheHostsClock() throws IOException {
        Path file = folder.resolve("t.json");
        long before = System.nanoTime();
        try (Session s = OpenCl.session(file)) {
            Tensor w = s.tensor(1f, 2f, 3f);
            try (Step step = s.step(() -> {
                s.assign(w, w.times(0.5).plus(1));
                return w.sum();
            })) {
                for (int i = 0; i < RUNS; i++) step.run();
                assertThat(step.item()).isFinite();
            }
        }
        double micros = (System.nanoTime() - before) / 1e3;
        List<Map<String, Json>> kernels = events(file, 0), transfers = events(file, 1), compiled = events(file, 2);
        assertThat(kernels.size()).isGreaterThanOrEqualTo(RUNS).matches(n -> n % RUNS == 0);
        assertThat(kernels).allMatch(k -> k.get("args").asObject().get("line").asString().contains("TraceTest.java"))
                .allMatch(k -> k.get("ts").asDouble() >= 0 && end(k) <= micros);
        for (int i = 1; i < kernels.size(); i++)
            assertThat(kernels.get(i).get("ts").asDouble()).isGreaterThanOrEqualTo(end(kernels.get(i - 1)) - 0.001);
        assertThat(compiled).isNotEmpty().allMatch(c -> end(c) <= micros);
        assertThat(transfers).extracting(t -> t.get("name").asString()).contains("upload", "download");
        assertThat(end(transfers.getLast())).isGreaterThanOrEqualTo(end(kernels.getLast()));
    }
}
