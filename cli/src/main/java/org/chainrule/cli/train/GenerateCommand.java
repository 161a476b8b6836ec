package org.chainrule.cli.train;

import java.nio.file.Path;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.cli.BackendOption;
import org.chainrule.cli.Console;
import org.chainrule.cli.JsonObject;
import org.chainrule.cli.Result;
import org.chainrule.cli.Subcommand;
import org.chainrule.cli.TraceOption;
import org.chainrule.nn.Sequential;
import org.chainrule.train.Checkpoint;
import org.chainrule.train.Weights;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes text. */
@Command(description = "Write text with a model that was trained on text.")
public final class GenerateCommand extends Subcommand {
    @Parameters(index = "0", paramLabel = "RUN", description = "the run's folder or checkpoint")
    private Path run = Path.of("");

    @Option(names = "--prompt", paramLabel = "TEXT", description = "what to go on after; one shorter than the model's "
            + "window is read as if it stood after a paragraph or line of the training text")
    private String prompt = "";

    @Option(names = "--length", paramLabel = "N", defaultValue = "500",
            description = "characters to write; ${DEFAULT-VALUE} by default")
    private int length;

    @Option(names = "--temperature", paramLabel = "T", defaultValue = "0.8",
            description = "0 takes the likeliest character, 1 the model's probabilities; ${DEFAULT-VALUE} by default")
    private double temperature;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "42",
            description = "equal seeds write equal text; ${DEFAULT-VALUE} by default")
    private long seed;

    @Mixin
    private BackendOption backend = new BackendOption();

    @Mixin
    private TraceOption trace = new TraceOption();

    public GenerateCommand(Console console) {
        super(console);
    }

    @Override
    protected Result run() {
        if (length < 1) throw usageError("--length: " + length + " is not at least 1");
        if (temperature < 0) throw usageError("--temperature: " + temperature + " is not at least 0");
        RunFolder folder = RunFolder.of(run);
        Checkpoint checkpoint = folder.read();
        TextModel kind = TextModel.fromMetadata(checkpoint.description(), folder.source());
        try (Session session = trace.open(backend)) {
            Sequential model = kind.network();
            model.init(session, Rng.of(0));
            Weights.restore(model, checkpoint.weightsToUse(), folder.source());
            try (var writer = new TextWriter(session, model, kind)) {
                String text = writer.write(prompt, length, temperature, Rng.of(seed));
                console.line(prompt + text);
                return Result.of(new JsonObject().with("prompt", prompt).with("text", text).with("seed", seed)
                        .with("temperature", temperature).with("backend", session.backend())
                        .with("device", session.device().name()).build());
            }
        }
    }
}
