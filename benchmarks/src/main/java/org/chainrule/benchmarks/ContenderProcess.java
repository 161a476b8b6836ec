package org.chainrule.benchmarks;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.chainrule.benchmarks.contender.Stage;
import org.chainrule.benchmarks.contender.Workload;

/** A contender in a process of its own, told and asked as {@link Stage} documents. It ends when this is closed or the program ends. */
final class ContenderProcess implements Racer, AutoCloseable {
    private static final int LAST_LINES = 3;

    private final Contestant contestant;
    private final Duration patience;
    private final Path log;
    private final Process process;
    private final BufferedWriter commands;
    /** Answers, and an empty one where there will be no more. */
    private final BlockingQueue<Optional<String>> answers = new LinkedBlockingQueue<>();
    private final long started;
    /** Ends it with the program, whichever way that ends. */
    private final Thread hook;

    private ContenderProcess(Contestant contestant, Duration patience, Path log, Process process, long started) {
        this.contestant = contestant;
        this.patience = patience;
        this.log = log;
        this.process = process;
        this.started = started;
        commands = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        hook = new Thread(process::destroyForcibly, "end of " + contestant.name());
        Runtime.getRuntime().addShutdownHook(hook);
        Thread.ofPlatform().daemon().name(contestant.name()).start(this::listen);
    }

    /**
     * Starts it.
     *
     * @param threads how many it may compute on
     * @param log      what it prints besides answers is added there
     * @param patience how long an answer may take; then it is ended
     */
    static ContenderProcess start(Contestant contestant, int threads, Path log, Duration patience) {
        try {
            ProcessBuilder builder = contestant.process(threads);
            builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
            long now = System.nanoTime();
            return new ContenderProcess(contestant, patience, log, builder.start(), now);
        } catch (IOException e) {
            throw new ContenderException("could not be started: " + e.getMessage());
        }
    }

    private void listen() {
        try (var lines = new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine())
                if (line.startsWith(Stage.MARK)) answers.add(Optional.of(line.substring(Stage.MARK.length())));
        } catch (IOException _) {
            // as good as the end
        }
        answers.add(Optional.empty());
    }

    @Override
    public String name() {
        return contestant.name();
    }

    String description() {
        return ask("describe", "described");
    }

    @Override
    public void prepare(Workload workload) {
        ask("prepare " + workload.name(), "ready");
    }

    /** Seconds since the process was started. */
    double age() {
        return (System.nanoTime() - started) * 1e-9;
    }

    @Override
    public double check() {
        return number("check", "check");
    }

    @Override
    public double run(int times) {
        return number("run " + times, "ran");
    }

    @Override
    public void pause() {
        signal("STOP");
    }

    @Override
    public void resume() {
        signal("CONT");
    }

    /** One that has ended takes no signal, and is found out when it is asked next. */
    private void signal(String name) {
        try {
            new ProcessBuilder("/bin/sh", "-c", "kill -" + name + " " + process.pid())
                    .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
        } catch (IOException e) {
            throw new ContenderException("could not be sent a signal: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void finish() {
        ask("close", "closed");
    }

    /** The most memory that it had until now, in bytes, where the system tells. */
    OptionalLong peakBytes() {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
                    .filter(l -> l.startsWith("VmHWM:"))
                    .mapToLong(l -> Long.parseLong(l.replaceAll("[^0-9]", "")) << 10).findFirst();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    private double number(String command, String expected) {
        String text = ask(command, expected);
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw nonsense(command, expected + " " + text);
        }
    }

    /** What follows {@code expected} in the answer. */
    private String ask(String command, String expected) {
        Optional<String> answer;
        try {
            commands.write(command + "\n");
            commands.flush();
            answer = answers.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (IOException e) {
            throw ended();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ContenderException("was interrupted");
        }
        // null after the patience
        if (answer == null) {
            close();
            throw new ContenderException("gave no answer to '" + command + "' within " + patience.toSeconds() + " s");
        }
        String[] words = answer.orElseThrow(this::ended).split(" ", 2);
        String rest = words.length > 1 ? words[1] : "";
        if (words[0].equals("unsupported")) throw new ContenderException(rest);
        if (words[0].equals("failed")) {
            close();
            throw new ContenderException("failed: " + rest);
        }
        if (!words[0].equals(expected)) throw nonsense(command, answer.get());
        return rest;
    }

    private ContenderException nonsense(String command, String answer) {
        close();
        return new ContenderException("answered '" + answer + "' to '" + command + "'");
    }

    private ContenderException ended() {
        close();
        return new ContenderException("ended with status " + process.exitValue() + lastWords());
    }

    private String lastWords() {
        try {
            List<String> lines =
                    Files.readAllLines(log, StandardCharsets.UTF_8).stream().filter(l -> !l.isBlank()).toList();
            List<String> last = lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size());
            return last.isEmpty() ? "" : ": " + String.join(" / ", last);
        } catch (IOException e) {
            return "";
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Ends it and waits until it has. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // the program is ending, and the hook does the same
        }
        boolean interrupted = false;
        while (process.isAlive()) {
            try {
                process.waitFor();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }
}
