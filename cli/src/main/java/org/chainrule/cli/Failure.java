package org.chainrule.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import org.chainrule.ChainruleException;
import org.chainrule.OutOfDeviceMemoryException;
import org.chainrule.harness.Suggestion;
import org.chainrule.io.Json;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * What the user is told of something that went wrong.
 *
 * @param status  what the process tells the shell
 * @param type    the kind of failure, for programs
 * @param message what happened and what to do about it
 */
record Failure(int status, String type, String message) {
    private static final String USAGE = "UsageError";

    /** Of an exception that ended a command. */
    static Failure of(Throwable e) {
        String type = e.getClass().getSimpleName();
        long mebibytes = Runtime.getRuntime().maxMemory() >> 20;
        return switch (e) {
            case UsageException _ -> usage(String.valueOf(e.getMessage()), "chainrule");
            case OutOfDeviceMemoryException _ -> new Failure(Main.FAILED, type,
                    e.getMessage() + " (options of train: --model, --batch)");
            case ChainruleException _ -> new Failure(Main.FAILED, type, String.valueOf(e.getMessage()));
            case OutOfMemoryError _ -> new Failure(Main.FAILED, type,
                    "out of memory (" + e.getMessage() + "): Java may use " + mebibytes
                            + " MiB; give it more with -Xmx, as in ./chainrule -Xmx" + Math.max(2, mebibytes >> 9)
                            + "g …, or take a smaller batch or model");
            case StackOverflowError _ ->
                    new Failure(Main.FAILED, type, "the stack overflowed: the graph is nested too deeply; "
                            + "give it a larger stack with -Xss, as in ./chainrule -Xss64m …, or compute parts of the graph on the way with eval()");
            case ServiceConfigurationError _ -> new Failure(Main.FAILED, type,
                    "a jar on the class path offers a backend that cannot be loaded: " + e.getMessage());
            default -> new Failure(Main.BUG, type,
                    "unexpected " + type + (e.getMessage() == null ? "" : ": " + e.getMessage())
                            + " (this is a bug in Chainrule; please report it with the lines below)");
        };
    }

    /** Of a command line that says nothing sensible. */
    static Failure of(ParameterException e) {
        CommandLine command = e.getCommandLine();
        String message = e instanceof UnmatchedArgumentException u && !u.getUnmatched().isEmpty()
                ? unmatched(command, u.getUnmatched().getFirst()) : e.getMessage();
        return usage(String.valueOf(message), command.getCommandSpec().qualifiedName());
    }

    private static Failure usage(String message, String command) {
        return new Failure(Main.USAGE, USAGE, message + "\nTry: " + command + " --help");
    }

    private static String unmatched(CommandLine command, String argument) {
        boolean top = command.getParent() == null;
        if (argument.startsWith("-D") || argument.startsWith("-X")) return "unknown option " + argument
                + "; options of the JVM go before the command, as in ./chainrule " + argument + " …";
        if (!argument.startsWith("-")) {
            return top
                    ? "there is no command '" + argument + "'"
                            + Suggestion.of(argument, command.getSubcommands().keySet())
                    : "unexpected argument '" + argument + "'";
        }
        String option = argument.replaceFirst("=.*", "");
        List<String> owners = new ArrayList<>();
        if (top) command.getSubcommands().forEach((name, sub) -> {
            if (sub.getCommandSpec().optionsMap().containsKey(option)) owners.add(name);
        });
        if (!owners.isEmpty()) return "the option " + option + " goes behind the command, as in "
                + command.getCommandName() + " " + owners.getFirst() + " " + argument + " …";
        return "unknown option " + option + Suggestion.of(option, command.getCommandSpec().optionsMap().keySet());
    }

    /** Tells it: on standard error, and with {@code --json} on standard output too. */
    int tell(Console console, Throwable cause, boolean stacktrace) {
        console.message("chainrule: " + message);
        if (stacktrace || status == Main.BUG) console.message(trace(cause));
        Map<String, Json> members = new LinkedHashMap<>();
        members.put("error", new Json.Str(message));
        members.put("type", new Json.Str(type));
        console.result(new Json.Obj(members));
        return status;
    }

    private static String trace(Throwable e) {
        StringWriter text = new StringWriter();
        e.printStackTrace(new PrintWriter(text, true));
        return text.toString().stripTrailing();
    }
}
