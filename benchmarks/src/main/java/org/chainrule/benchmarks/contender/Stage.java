package org.chainrule.benchmarks.contender;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;
import org.chainrule.benchmarks.contender.Contender.Task;

/**
 * Where a contender is told what to do, line by line on standard input, and answers each line with one on standard output:
 *
 * <pre>
 * prepare WORKLOAD   → ready | unsupported WHY      the work has been done once
 * check              → check NUMBER
 * run TIMES          → ran SECONDS
 * close              → closed
 * describe           → described TEXT
 * </pre>
 *
 * An answer starts with {@value #MARK}, so that what a library prints there is told apart. Whatever goes wrong is answered by {@code failed WHY}.
 * The process ends at once when standard input does, whatever it is at: no contender outlives the race.
 */
public final class Stage {
    /** What each answer starts with. */
    public static final String MARK = "> ";

    private final Supplier<? extends Contender> maker;
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final PrintStream answers;
    private Optional<Contender> contender = Optional.empty();
    private Optional<Task> task = Optional.empty();

    private Stage(Supplier<? extends Contender> maker, PrintStream answers) {
        this.maker = maker;
        this.answers = answers;
    }

    /** Answers until standard input ends. The contender is made by the first line that needs it. */
    public static void serve(Supplier<? extends Contender> maker) {
        PrintStream answers = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        System.setOut(System.err);
        new Stage(maker, answers).serve();
    }

    private void serve() {
        Thread.ofPlatform().daemon().name("commands").start(this::listen);
        try {
            while (true) answers.println(MARK + answer(told.take()).replaceAll("\\R", " "));
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts a contender", e);
        }
    }

    private void listen() {
        try (var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) told.add(line);
        } catch (IOException _) {
            // as good as its end
        }
        Runtime.getRuntime().halt(0);
    }

    private String answer(String line) {
        try {
            String[] words = line.split(" ", 2);
            return switch (words[0]) {
                case "describe" -> "described " + contender().description();
                case "prepare" -> prepare(words[1]);
                case "check" -> "check " + task().check();
                case "run" -> run(Integer.parseInt(words[1]));
                case "close" -> close();
                default -> "failed there is no command '" + line + "'";
            };
        } catch (UnsupportedOperationException e) {
            return "unsupported " + e.getMessage();
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
            e.printStackTrace();
            return "failed " + e;
        }
    }

    private String prepare(String name) {
        Workload workload =
                Workload.of(name).orElseThrow(() -> new IllegalArgumentException("there is no work '" + name + "'"));
        task = Optional.of(contender().prepare(workload));
        return "ready";
    }

    private String run(int times) {
        Task work = task();
        long start = System.nanoTime();
        work.run(times);
        return "ran " + (System.nanoTime() - start) * 1e-9;
    }

    private String close() {
        task.ifPresent(Task::close);
        task = Optional.empty();
        return "closed";
    }

    private Contender contender() {
        Contender c = contender.orElseGet(maker);
        contender = Optional.of(c);
        return c;
    }

    private Task task() {
        return task.orElseThrow(() -> new IllegalStateException("nothing has been prepared"));
    }
}
