package org.chainrule.cli;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.chainrule.cli.bench.BenchCommand;
import org.chainrule.cli.train.GenerateCommand;
import org.chainrule.cli.train.PredictCommand;
import org.chainrule.cli.train.TrainCommand;
import org.chainrule.cli.verify.VerifyCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.TypeConversionException;

/** The {@code chainrule} program. */
@Command(name = "chainrule", mixinStandardHelpOptions = true, versionProvider = Main.Version.class,
        subcommands = HelpCommand.class,
        description = "Trains neural networks on the CPU, on NVIDIA GPUs (CUDA) and on OpenCL devices.",
        synopsisHeading = "Usage: ", customSynopsis = "chainrule [JVM option]... <command> [option]...",
        commandListHeading = "%nCommands:%n", descriptionHeading = "%n", optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:success", "1:the run failed; standard error says why", "2:the command line makes no sense",
            "3:a bug in Chainrule", "130, 143:interrupted by Ctrl-C or SIGTERM"},
        footerHeading = "%nJVM options, which go before the command:%n",
        footer = {"  -Dchainrule.backend=NAME     where to compute; also CHAINRULE_BACKEND, or --backend NAME",
            "  -Dchainrule.threads=N        threads of the cpu backend; by default one per processor",
            "  -Dchainrule.check=nan        stop at the first NaN and tell which op made it",
            "  -Dchainrule.trace=FILE       write what the device does, for chrome://tracing or Perfetto",
            "  -Dchainrule.dump=FOLDER      write the source of each kernel that a device compiles",
            "  -Dchainrule.cache=FOLDER     where compiled kernels are kept; off keeps none",
            "  -Dchainrule.tf32=true        let cuBLAS round f32 to 10 bits of fraction, as tensor cores do",
            "  -Dchainrule.stacktrace=true  show where in the program a failure arose",
            "  -Xmx8g                       memory that Java may use",
            "", "\"chainrule <command> --help\" tells a command's options. Start with \"chainrule doctor\"."})
public final class Main {
    /** Exit status of success. */
    public static final int OK = 0;
    /** Exit status of a run that failed. */
    public static final int FAILED = 1;
    /** Exit status of a command line that makes no sense. */
    public static final int USAGE = 2;
    /** Exit status of a command that was interrupted; the shell sees that of the signal, 128 + its number. */
    public static final int INTERRUPTED = 130;
    /** Exit status of an exception that nobody foresaw. */
    public static final int BUG = 3;

    private record Named(String name, Function<Console, Subcommand> command) {}

    /** Every command, in the order of the help. */
    private static final List<Named> COMMANDS = List.of(
            new Named("train", TrainCommand::new),
            new Named("predict", PredictCommand::new),
            new Named("generate", GenerateCommand::new),
            new Named("explain", ExplainCommand::new),
            new Named("verify", VerifyCommand::new),
            new Named("devices", DevicesCommand::new),
            new Named("doctor", DoctorCommand::new),
            new Named("tune", TuneCommand::new),
            new Named("bench", BenchCommand::new),
            new Named("ops", OpsCommand::new));

    private static final int COLUMNS = 100;
    /** Properties that say how what is logged looks. */
    private static final String LOG_FORMAT = "java.util.logging.SimpleFormatter.format",
            LOG_FILE = "java.util.logging.config.file", LOG_CLASS = "java.util.logging.config.class";

    private Main() {}

    public static void main(String[] args) {
        // What is logged goes to standard error: a line each, where the user has not said otherwise.
        if (Stream.of(LOG_FORMAT, LOG_FILE, LOG_CLASS).allMatch(p -> System.getProperty(p) == null))
            System.setProperty(LOG_FORMAT, "%4$s: %5$s%6$s%n");
        StandardStreams streams = new StandardStreams();
        int status = start(args, streams);
        if (status == OK && streams.failure().isPresent()) {
            streams.err().println(
                    "chainrule: standard output could not be written: " + streams.failure().get().getMessage());
            status = FAILED;
        }
        System.exit(status);
    }

    private static int start(String[] args, StandardStreams streams) {
        try {
            JvmProperties.check(System.getProperties());
        } catch (UsageException e) {
            return Failure.of(e).tell(console(args, streams.out(), streams.err()), e, false);
        }
        return run(args, streams.out(), streams.err());
    }

    private static Console console(String[] args, PrintStream out, PrintStream err) {
        return new Console(out, err, Arrays.asList(args).contains("--json"));
    }

    /** Runs the program within this process; returns what it would tell the shell. */
    public static int run(String[] args, PrintStream out, PrintStream err) {
        boolean stacktrace = Arrays.asList(args).contains("--stacktrace") || Boolean.getBoolean("chainrule.stacktrace");
        Console console = console(args, out, err);
        try {
            CommandLine program = program(args, console);
            if (args.length == 0) {
                program.usage(err, Ansi.OFF);
                return USAGE;
            }
            program.setParameterExceptionHandler((e, _) -> Failure.of(e).tell(console, e, stacktrace));
            program.setExecutionExceptionHandler((e, _, _) -> Failure.of(e).tell(console, e, stacktrace));
            return program.execute(args);
        } catch (Throwable e) {
            return Failure.of(e).tell(console, e, stacktrace);
        }
    }

    private static CommandLine program(String[] args, Console console) {
        CommandLine program = new CommandLine(new Main());
        for (Named named : commands(args)) {
            Subcommand subcommand = named.command.apply(console);
            CommandLine line = new CommandLine(subcommand);
            subcommand.describe(line.getCommandSpec().usageMessage());
            program.addSubcommand(named.name, line);
        }
        program.registerConverter(double.class, Main::finite).registerConverter(Double.class, Main::finite);
        program.setOut(writer(console.out())).setErr(writer(console.err()));
        program.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
        program.setCaseInsensitiveEnumValuesAllowed(true).setUsageHelpWidth(COLUMNS)
                .setUsageHelpLongOptionsMaxWidth(34);
        return program;
    }

    /** The one that is called, for reading the options of all takes a tenth of a second; all where none is named first, as for help. */
    private static List<Named> commands(String[] args) {
        List<Named> called = COMMANDS.stream().filter(c -> args.length > 0 && c.name.equals(args[0])).toList();
        return called.isEmpty() ? COMMANDS : called;
    }

    /** The real number that an option is given as. */
    private static double finite(String text) {
        try {
            double value = Double.parseDouble(text);
            if (Double.isFinite(value)) return value;
        } catch (NumberFormatException _) {
            // told below, as what is no number at all
        }
        throw new TypeConversionException("'" + text + "' is not a finite number, such as 0.01 or 1e-3");
    }

    private static PrintWriter writer(PrintStream to) {
        return new PrintWriter(new OutputStreamWriter(to, to.charset()), true);
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"chainrule " + text() + " (Java " + Runtime.version() + ", "
                    + System.getProperty("os.name") + " " + System.getProperty("os.arch") + ")"};
        }

        static String text() {
            String version = Main.class.getPackage().getImplementationVersion();
            return version == null ? "built from source" : version;
        }
    }
}
