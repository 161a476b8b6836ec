package org.chainrule.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.chainrule.Session;
import org.chainrule.Step;
import org.chainrule.StorageException;
import org.chainrule.Tensor;
import org.chainrule.io.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a traced session tells of a small training. */
class TraceTest {
    private static final int RUNS = 3;

    @TempDir
    private Path folder = Path.of("");

    /** An event of the file; times in microseconds from the trace's beginning. */
    private record Event(String name, int track, double start, double nanos, long bytes, Optional<Json> line) {
        static Event of(Map<String, Json> e) {
            Map<String, Json> args = e.get("args").asObject();
            return new Event(e.get("name").asString(), (int) e.get("tid").asLong(), e.get("ts").asDouble(),
                    e.get("dur").asDouble(), args.get("bytes").asLong(), Optional.ofNullable(args.get("line")));
        }

        double end() {
            return start + nanos;
        }
    }

    private static List<Event> events(Path file, int track) throws IOException {
        return Json.parse(file.toString(), Files.readString(file)).asObject().get("traceEvents").asArray().stream()
                .map(Json::asObject).filter(e -> e.get("ph").asString().equals("X")).map(Event::of)
                .filter(e -> e.track == track).toList();
    }

    /** Trains a little; returns the values that it leaves. */
    private static double[] train(Session s) {
        Tensor x = s.tensor(new float[][] {{1, 2, 3}, {4, 5, 6}}), w = s.tensor(new float[][] {{.1f}, {.2f}, {.3f}});
        try (Step step = s.step(() -> {
            Tensor loss = x.matmul(w).tanh().square().mean();
            s.assign(w, w.minus(loss.gradients(w).getFirst().times(0.1)));
            return loss;
        })) {
            for (int i = 0; i < RUNS; i++) step.run();
            return new double[] {step.item(), w.toDoubles()[0]};
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "reference"})
    void kernelsFollowEachOtherWithinTheRunAndEachRunHasTheSame(String backend) throws IOException {
        Path file = folder.resolve("t.json");
        long before = System.nanoTime();
        double[] traced;
        try (Session s = Session.open(backend, file)) {
            traced = train(s);
        }
        double micros = (System.nanoTime() - before) / 1e3;
        List<Event> kernels = events(file, 0);
        List<String> names = kernels.stream().map(Event::name).toList();
        int each = names.size() / RUNS;
        assertThat(each).isPositive();
        for (int i = 0; i < RUNS; i++)
            assertThat(names.subList(i * each, (i + 1) * each)).isEqualTo(names.subList(0, each));
        assertThat(names).hasSize(RUNS * each).anyMatch(n -> n.contains("matmul"));
        assertThat(kernels).allMatch(k -> k.line.orElseThrow().asString().contains("TraceTest.java"))
                .allMatch(k -> k.start >= 0 && k.end() <= micros && k.bytes > 0);
        for (int i = 1; i < kernels.size(); i++)
            assertThat(kernels.get(i).start).isGreaterThanOrEqualTo(kernels.get(i - 1).end() - 0.001);
        assertThat(events(file, 2)).extracting(Event::name).isEqualTo(names.subList(0, each));
        assertThat(events(file, 2)).allMatch(c -> c.end() <= kernels.getFirst().start + 0.001);
        assertThat(events(file, 1)).extracting(Event::name).containsExactly("upload", "upload", "download", "download");
        assertThat(events(file, 1)).extracting(Event::bytes).containsExactly(24L, 12L, 4L, 12L);
        try (Session s = Session.open(backend)) {
            assertThat(train(s)).containsExactly(traced);
        }
    }

    @Test
    void withoutATraceTheDeviceIsTheBackendsOwn() {
        try (Session s = Session.open("cpu")) {
            assertThat(s.device()).isInstanceOf(CpuDevice.class);
        }
    }

    @Test
    void sessionsOfOneFileAreProcessesInIt() throws IOException {
        Path file = folder.resolve("t.json");
        try (Session one = Session.open("cpu", file); Session two = Session.open("reference", file)) {
            train(one);
            train(two);
        }
        assertThat(Json.parse("t.json", Files.readString(file)).asObject().get("traceEvents").asArray())
                .extracting(e -> e.asObject().get("pid").asLong()).contains(1L, 2L);
    }

    @Test
    void aFlightRecordingHasTheSame() throws IOException {
        Path file = folder.resolve("t.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("org.chainrule.Activity");
            recording.start();
            try (Session s = Session.open("cpu")) {
                train(s);
            }
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        assertThat(events).extracting(e -> e.getString("kind")).containsOnly("kernel", "upload", "download",
                "compilation");
        assertThat(events).filteredOn(e -> e.getString("kind").equals("kernel")).isNotEmpty()
                .allMatch(e -> e.getString("line").contains("TraceTest.java") && e.getLong("bytes") > 0)
                .allMatch(e -> e.getString("device").startsWith("cpu: ") && !e.getDuration("took").isNegative());
        try (Session s = Session.open("cpu")) {
            assertThat(s.device()).as("no recording, no trace").isInstanceOf(CpuDevice.class);
        }
    }

    @Test
    void aFileThatCannotBeWrittenIsRefusedBeforeAnythingIsComputed() {
        Path file = folder.resolve("no").resolve("t.json");
        assertThatThrownBy(() -> Session.open("cpu", file)).isInstanceOf(StorageException.class)
                .hasMessageContaining("could not write the trace " + file);
    }
}
