package org.chainrule.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.chainrule.expr.Expr;
import org.chainrule.expr.Formula;
import org.chainrule.expr.Ops;
import org.chainrule.expr.Pointwise;
import org.chainrule.harness.Suggestion;
import org.chainrule.io.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The table of ops, from their declarations. */
@Command(description = "Show every op with its formula and its derivative, both as the library computes them.")
final class OpsCommand extends Subcommand {
    private static final int COLUMNS = 100;
    private static final String LEGEND = "x and y are the arguments, f is the op's own value, σ(x) = 1/(1 + exp(−x)).";

    @Parameters(paramLabel = "NAME", arity = "0..1", description = "the op to show; all by default")
    private String name = "";

    @Option(names = "--markdown", description = "Write tables in Markdown.")
    private boolean markdown;

    OpsCommand(Console console) {
        super(console);
    }

    @Override
    protected Result run() {
        List<Pointwise> pointwise = Ops.ALL.stream().filter(op -> isAsked(op.name())).toList();
        List<StructuralOp> structural = StructuralOp.ALL.stream().filter(op -> isAsked(op.kind())).toList();
        if (pointwise.isEmpty() && structural.isEmpty()) {
            List<String> known = Stream.concat(Ops.ALL.stream().map(Pointwise::name),
                    StructuralOp.ALL.stream().map(StructuralOp::kind)).toList();
            throw usageError(
                    "there is no op '" + name + "'; without a name all are listed" + Suggestion.of(name, known));
        }
        if (markdown) showMarkdown(pointwise, structural);
        else if (name.isEmpty()) showAll();
        else {
            pointwise.forEach(this::show);
            structural.forEach(this::show);
        }
        return Result.of(new JsonObject().with("pointwise", pointwise.stream().map(OpsCommand::json).toList())
                .with("structural", structural.stream().map(StructuralOp::json).toList()).build());
    }

    private boolean isAsked(String op) {
        return name.isEmpty() || name.equalsIgnoreCase(op);
    }

    private static List<String> derivatives(Pointwise op) {
        return IntStream.range(0, op.arity()).mapToObj(i -> Formula.derivative(op, i)).toList();
    }

    private static String variable(int i) {
        return List.of("x", "y", "z").get(i);
    }

    private void showAll() {
        console.line(Ops.ALL.size() + " element-wise ops. " + LEGEND);
        for (Pointwise op : Ops.ALL) {
            console.line("");
            show(op);
        }
        console.line("");
        console.line(StructuralOp.ALL.size()
                + " kinds of op that move, join or fold elements. c is the gradient that arrives.");
        for (StructuralOp op : StructuralOp.ALL) {
            console.line("");
            show(op);
        }
    }

    private void show(Pointwise op) {
        show("%-14s".formatted(op.name()), "f = ", Formula.of(op));
        List<String> d = derivatives(op);
        for (int i = 0; i < d.size(); i++) show(" ".repeat(14), "∂f/∂" + variable(i) + " = ", d.get(i));
        show(" ".repeat(14), "",
                "tested on " + interval(op) + (op.kinks().isEmpty() ? "" : ", apart from " + kinks(op)));
    }

    private void show(StructuralOp op) {
        show("%-14s".formatted(op.kind()), "", op.computes());
        show(" ".repeat(14), "gradient: ", op.gradient());
    }

    private void show(String margin, String head, String text) {
        Paragraph.hanging(margin + head, text, COLUMNS).forEach(console::line);
    }

    private void showMarkdown(List<Pointwise> pointwise, List<StructuralOp> structural) {
        console.line("## Element-wise ops\n\n" + LEGEND + "\n");
        console.line("| op | arguments | formula | derivative | tested on | apart from |");
        console.line("|---|---|---|---|---|---|");
        for (Pointwise op : pointwise) {
            console.line("| %s | %d | %s | %s | %s | %s |".formatted(op.name(), op.arity(), cell(Formula.of(op)),
                    String.join("<br>", derivatives(op).stream().map(OpsCommand::cell).toList()), interval(op),
                    kinks(op)));
        }
        console.line("\n## Other ops\n\nc is the gradient that arrives.\n");
        console.line("| kind | computes | gradient |");
        console.line("|---|---|---|");
        for (StructuralOp op : structural)
            console.line("| %s | %s | %s |".formatted(op.kind(), cell(op.computes()), cell(op.gradient())));
    }

    /** A bar would end the cell, and Markdown reads some other signs. */
    private static String cell(String text) {
        return text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_");
    }

    private static String interval(Pointwise op) {
        return "[" + number(op.lo()) + ", " + number(op.hi()) + "]";
    }

    private static String kinks(Pointwise op) {
        return String.join(", ", op.kinks().stream().map(OpsCommand::number).toList());
    }

    private static String number(double v) {
        return Formula.of(Expr.of(v));
    }

    private static Json json(Pointwise op) {
        List<Json> derivatives = new ArrayList<>();
        derivatives(op).forEach(d -> derivatives.add(new Json.Str(d)));
        return new JsonObject().with("name", op.name()).with("arity", op.arity()).with("formula", Formula.of(op))
                .with("derivatives", derivatives)
                .with("interval", Json.ofDoubles(op.lo(), op.hi()))
                .with("kinks", Json.ofDoubles(op.kinks().stream().mapToDouble(k -> k).toArray())).build();
    }
}
