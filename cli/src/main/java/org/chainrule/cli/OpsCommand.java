package org.chainrule.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.chainrule.expr.Expr;
import org.chainrule.expr.Formula;
import org.chainrule.expr.Ops;
import org.chainrule.expr.Pointwise;
import org.chainrule.io.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The table of ops, from their declarations. */
@Command(description = "Show every op with its formula and its derivative, both as the library computes them.")
final class OpsCommand extends Subcommand {
    private static final int COLUMNS = 100;
    private static final String LEGEND = "x and y are the arguments, f is the op's own value, σ(x) = 1/(1 + exp(−x)).";

    @Option(names = "--markdown", description = "Write tables in Markdown.")
    private boolean markdown;

    OpsCommand(Console console) {
        super(console);
    }

    @Override
    protected Result run() {
        if (markdown) showMarkdown();
        else showText();
        return Result.of(new JsonObject().with("pointwise", Ops.ALL.stream().map(OpsCommand::json).toList())
                .with("structural", StructuralOp.ALL.stream().map(StructuralOp::json).toList()).build());
    }

    private static List<String> derivatives(Pointwise op) {
        return IntStream.range(0, op.arity()).mapToObj(i -> Formula.derivative(op, i)).toList();
    }

    private static String variable(int i) {
        return List.of("x", "y", "z").get(i);
    }

    private void showText() {
        console.line(Ops.ALL.size() + " element-wise ops. " + LEGEND);
        for (Pointwise op : Ops.ALL) {
            console.line("");
            show("%-14s".formatted(op.name()), "f = ", Formula.of(op));
            List<String> d = derivatives(op);
            for (int i = 0; i < d.size(); i++) show(" ".repeat(14), "∂f/∂" + variable(i) + " = ", d.get(i));
            show(" ".repeat(14), "",
                    "tested on " + interval(op) + (op.kinks().isEmpty() ? "" : ", apart from " + kinks(op)));
        }
        console.line("");
        console.line(StructuralOp.ALL.size()
                + " kinds of op that move, join or fold elements. c is the gradient that arrives.");
        for (StructuralOp op : StructuralOp.ALL) {
            console.line("");
            show("%-14s".formatted(op.kind()), "", op.computes());
            show(" ".repeat(14), "gradient: ", op.gradient());
        }
    }

    private void show(String margin, String head, String text) {
        Paragraph.hanging(margin + head, text, COLUMNS).forEach(console::line);
    }

    private void showMarkdown() {
        console.line("## Element-wise ops\n\n" + LEGEND + "\n");
        console.line("| op | arguments | formula | derivative | tested on | apart from |");
        console.line("|---|---|---|---|---|---|");
        for (Pointwise op : Ops.ALL) {
            console.line("| %s | %d | %s | %s | %s | %s |".formatted(op.name(), op.arity(), cell(Formula.of(op)),
                    String.join("<br>", derivatives(op).stream().map(OpsCommand::cell).toList()), interval(op),
                    kinks(op)));
        }
        console.line("\n## Other ops\n\nc is the gradient that arrives.\n");
        console.line("| kind | computes | gradient |");
        console.line("|---|---|---|");
        for (StructuralOp op : StructuralOp.ALL)
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
