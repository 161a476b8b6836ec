package org.chainrule.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** One command of the program. A subclass is annotated with its name and options, and listed in {@link Main}. */
public abstract class Subcommand implements Callable<Integer> {
    /** Where the command writes. */
    protected final Console console;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--json",
            description = "End standard output with one line: the result, or the error, as a JSON object.")
    private boolean json;

    @Option(names = "--stacktrace", description = "Show where in the program a failure arose.")
    @SuppressWarnings("UnusedVariable") // Main looks for it among the arguments, for it must know where they cannot be parsed
    private boolean stacktrace;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    @SuppressWarnings("UnusedVariable") // read by picocli
    private boolean help;

    protected Subcommand(Console console) {
        this.console = console;
    }

    /** For help that annotations cannot tell. */
    protected void describe(UsageMessageSpec usage) {}

    /** Does the work and tells people about it on {@link #console}. A failure is an exception. */
    protected abstract Result run();

    @Override
    public final Integer call() {
        console.json(json);
        Result result;
        try {
            result = run();
        } catch (UsageException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        console.result(result.json());
        return result.status();
    }

    /** For options that are right each by itself and wrong together, or a value that its option's type does not refuse. */
    protected final ParameterException usageError(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
