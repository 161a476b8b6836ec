package org.chainrule.cli.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.chainrule.cli.Paragraph;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The help of train: options in sections, and the defaults of every data set. */
final class TrainHelp {
    private static final int COLUMNS = 100;
    private static final String REST = "Output and machine";

    private static final SequencedMap<String, List<String>> SECTIONS = new LinkedHashMap<>();

    static {
        SECTIONS.put("Data", List.of("--data", "--target", "--task", "--drop", "--no-header", "--test", "--validation",
                "--window", "--seed"));
        SECTIONS.put("Network",
                List.of("--model", "--activation", "--norm", "--residual", "--init", "--embedding"));
        SECTIONS.put("Optimisation", List.of("--epochs", "--batch", "--optimizer", "--lr", "--schedule", "--momentum",
                "--clip", "--patience"));
        SECTIONS.put("Regularisation",
                List.of("--dropout", "--weight-decay", "--l1", "--l2", "--label-smoothing", "--noise"));
        SECTIONS.put(REST, List.of());
    }

    private TrainHelp() {}

    static void describe(UsageMessageSpec usage) {
        var sections = new LinkedHashMap<>(usage.sectionMap());
        sections.put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, TrainHelp::options);
        usage.customSynopsis("chainrule train DATA [FILE] [option]...").sectionMap(sections)
                .footer(defaults().toArray(String[]::new));
    }

    private static String options(Help help) {
        var rest = new LinkedHashSet<>(help.commandSpec().options());
        SequencedMap<String, List<OptionSpec>> sections = new LinkedHashMap<>();
        SECTIONS.forEach((title, names) -> {
            List<OptionSpec> options = names.stream().map(help.commandSpec()::findOption).toList();
            options.forEach(rest::remove);
            sections.put(title, options);
        });
        sections.put(REST, List.copyOf(rest));
        var text = new StringBuilder();
        sections.forEach((title, options) -> {
            Help.Layout layout = help.createDefaultLayout();
            layout.addAllOptions(options, help.parameterLabelRenderer());
            text.append("%n%s:%n".formatted(title)).append(layout);
        });
        return text.toString();
    }

    private static List<String> defaults() {
        List<String> lines = new ArrayList<>(List.of("", "Data sets:",
                "  xor, digits, iris, wine, cancer   come with the program",
                "  mnist, fashion                    read from --data FOLDER",
                "  csv FILE                          the last column, or --target, is predicted from the others",
                "  text FILE                         the next character is predicted from those before it",
                "", "Defaults, and what each data set has in their place:"));
        lines.addAll(Paragraph.hanging("  %-10s".formatted(""), Settings.commonDefaults(), COLUMNS));
        for (Map.Entry<String, String> data : Settings.defaultsByData().entrySet())
            lines.addAll(Paragraph.hanging("  %-10s".formatted(data.getKey()), data.getValue(), COLUMNS));
        lines.addAll(Paragraph.hanging("  ",
                Settings.derivedDefaults() + " The defaults of iris were chosen by splits of its training part alone.",
                COLUMNS));
        return lines;
    }
}
