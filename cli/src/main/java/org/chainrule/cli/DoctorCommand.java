package org.chainrule.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Looks at everything a run depends on. */
@Command(description = {"Check Java, the machine and every backend, and tell what to do about what is missing.",
    "Ends with status 0 if the cpu backend works, and the one that is asked for."})
final class DoctorCommand extends Subcommand {
    private static final int COLUMNS = 100;

    @Mixin
    private final BackendOption backend = new BackendOption();

    DoctorCommand(Console console) {
        super(console);
    }

    @Override
    protected Result run() {
        List<Check> checks = new ArrayList<>();
        checks.addAll(show("Java and the machine", JavaChecks.all()));
        List<Check> backends = show("Backends", BackendChecks.all());
        checks.addAll(backends);
        Check chosen = BackendChecks.chosen(backend);
        checks.addAll(show("What a run uses", List.of(chosen)));
        boolean cpu = backends.stream().anyMatch(c -> c.topic().equals("cpu") && c.isOk());
        long open = checks.stream().filter(Check::couldBeBetter).count();
        console.line("");
        boolean works = cpu && chosen.isOk();
        console.line(works
                ? "Chainrule works here"
                        + (open == 0 ? "." : "; " + open + (open == 1 ? " thing" : " things") + " could be better.")
                : !cpu ? "Chainrule does not work here: the cpu backend is missing."
                : "Chainrule works on the cpu here, but not on " + backend.spec() + ", which " + backend.origin()
                        + " asks for.");
        return new Result(works ? Main.OK : Main.FAILED,
                new JsonObject().with("ok", works).with("version", Main.Version.text())
                        .with("checks", checks.stream().map(Check::json).toList()).build());
    }

    private List<Check> show(String title, List<Check> checks) {
        console.line(title);
        for (Check c : checks) {
            String head = "  %-8s %-14s ".formatted(c.state(), c.topic());
            Paragraph.hanging(head, c.detail(), COLUMNS).forEach(console::line);
            if (!c.remedy().isEmpty())
                Paragraph.hanging(" ".repeat(head.length()) + "→ ", c.remedy(), COLUMNS).forEach(console::line);
        }
        return checks;
    }
}
