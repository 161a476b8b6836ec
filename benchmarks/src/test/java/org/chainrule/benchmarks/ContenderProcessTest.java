package org.chainrule.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.chainrule.benchmarks.contender.Contender;
import org.chainrule.benchmarks.contender.Stage;
import org.chainrule.benchmarks.contender.Workload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Contenders in Java virtual machines of their own, good and bad. */
class ContenderProcessTest {
    private static final Workload WORK = new Workload.Xor();
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    private Path folder = Path.of("");

    /** Does what it is asked. */
    static final class Good implements Contender {
        public static void main(String[] args) {
            System.err.println("made");
            Stage.serve(Good::new);
        }

        @Override
        public String description() {
            System.out.println("> ran nonsense of a library");
            return "good";
        }

        @Override
        public Task prepare(Workload workload) {
            if (!(workload instanceof Workload.Xor)) throw new UnsupportedOperationException("is not for me");
            return new Task() {
                @Override
                public void run(int runs) {
                    if (runs == 13) throw new IllegalStateException("thirteen");
                    if (runs == 99) System.exit(5);
                }

                @Override
                public double check() {
                    return 0.5;
                }
            };
        }
    }

    /** Answers everything in the wrong way. */
    static final class Nonsense {
        public static void main(String[] args) throws IOException {
            while (System.in.read() >= 0) System.out.println("> ran away");
        }
    }

    /** Says nothing, and stays when its standard input ends. */
    static final class Mute {
        public static void main(String[] args) throws InterruptedException {
            Thread.currentThread().join();
        }
    }

    private ContenderProcess start(Class<?> main, Duration patience) throws IOException {
        Files.createDirectories(folder.resolve("target"));
        Files.writeString(folder.resolve("target/class.path"), System.getProperty("java.class.path"));
        var contestant = new Contestant("somebody", folder, main.getName(), List.of("-XX:TieredStopAtLevel=1"),
                Map.of(), _ -> true);
        return ContenderProcess.start(contestant, 1, folder.resolve("log"), patience);
    }

    @Test
    void aContenderIsPreparedCheckedRunPausedAndFinished() throws IOException {
        try (var process = start(Good.class, PATIENCE)) {
            assertThat(process.description()).isEqualTo("good");
            process.prepare(WORK);
            assertThat(process.age()).isPositive();
            assertThat(process.check()).isEqualTo(0.5);
            process.pause();
            process.resume();
            assertThat(process.run(3)).isNotNegative();
            process.finish();
            assertThat(process.isAlive()).isTrue();
        }
        assertThat(folder.resolve("log")).content().contains("made", "nonsense of a library");
    }

    @Test
    void whatItDoesNotSupportIsSaidAndItLivesOn() throws IOException {
        try (var process = start(Good.class, PATIENCE)) {
            assertThatExceptionOfType(ContenderException.class)
                    .isThrownBy(() -> process.prepare(Workload.of("product/2x2x2-nn").orElseThrow()))
                    .withMessage("is not for me");
            process.prepare(WORK);
        }
    }

    @Test
    void whatItThrowsIsTheReason() throws IOException {
        try (var process = start(Good.class, PATIENCE)) {
            process.prepare(WORK);
            assertThatExceptionOfType(ContenderException.class).isThrownBy(() -> process.run(13))
                    .withMessage("failed: java.lang.IllegalStateException: thirteen");
            assertThat(process.isAlive()).isFalse();
        }
    }

    @Test
    void oneThatEndsIsToldWithItsStatusAndLastWords() throws IOException {
        try (var process = start(Good.class, PATIENCE)) {
            process.prepare(WORK);
            assertThatExceptionOfType(ContenderException.class).isThrownBy(() -> process.run(99))
                    .withMessageStartingWith("ended with status 5").withMessageContaining("made");
            assertThatExceptionOfType(ContenderException.class).isThrownBy(() -> process.run(1));
        }
    }

    @Test
    void oneThatSpeaksNonsenseIsEnded() throws IOException {
        try (var process = start(Nonsense.class, PATIENCE)) {
            assertThatExceptionOfType(ContenderException.class).isThrownBy(() -> process.run(1))
                    .withMessage("answered 'ran away' to 'run 1'");
            assertThat(process.isAlive()).isFalse();
        }
    }

    @Test
    void oneThatDoesNotAnswerIsEnded() throws IOException {
        try (var process = start(Mute.class, Duration.ofMillis(50))) {
            assertThatExceptionOfType(ContenderException.class).isThrownBy(() -> process.prepare(WORK))
                    .withMessageStartingWith("gave no answer to 'prepare xor'");
            assertThat(process.isAlive()).isFalse();
        }
    }

    @Test
    void closingEndsOneThatIsPaused() throws IOException {
        var process = start(Good.class, PATIENCE);
        process.pause();
        process.close();
        assertThat(process.isAlive()).isFalse();
    }

    @Test
    void oneThatCannotBeStartedIsNamed() throws IOException {
        try (var process = start(String.class, PATIENCE)) {
            assertThatExceptionOfType(ContenderException.class).isThrownBy(() -> process.run(1))
                    .withMessageStartingWith("ended with status 1");
        }
    }
}
