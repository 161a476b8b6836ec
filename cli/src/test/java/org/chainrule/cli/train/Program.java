package org.chainrule.cli.train;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.chainrule.cli.Main;
import org.chainrule.io.Json;

/** Runs the program as a user does. */
public final class Program {
    private Program() {}

    /** What a run told. */
    public record Ran(int status, String out, String err) {
        /** The last line of standard output. */
        public Map<String, Json> json() {
            return Json.parse("standard output", out.lines().toList().getLast()).asObject();
        }
    }

    /** Within this process. */
    public static Ran run(Object... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        String[] args = new String[arguments.length];
        for (int i = 0; i < args.length; i++) args[i] = arguments[i].toString();
        int status = Main.run(args, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
        return new Ran(status, out.toString(UTF_8), err.toString(UTF_8));
    }

    /** In a virtual machine of its own, with standard error in standard output. */
    static Process start(List<String> options, Object... arguments) throws IOException {
        return builder(options, arguments).start();
    }

    /** A virtual machine of its own, yet to be started. */
    static ProcessBuilder builder(List<String> options, Object... arguments) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1"));
        command.add("-Dchainrule.cache=" + System.getProperty("chainrule.cache", "off"));
        command.addAll(options);
        command.add(Main.class.getName());
        for (Object argument : arguments) command.add(argument.toString());
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        builder.environment().keySet().removeAll(List.of("CHAINRULE_BACKEND", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
        return builder;
    }

    /** The output of a virtual machine of its own that succeeds. */
    static String java(List<String> options, Object... arguments) throws IOException, InterruptedException {
        Process process = start(options, arguments);
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        int status = process.waitFor();
        if (status != 0) throw new AssertionError("exit status " + status + ": " + output);
        return output;
    }
}
