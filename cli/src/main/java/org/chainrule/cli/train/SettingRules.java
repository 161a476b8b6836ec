package org.chainrule.cli.train;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.chainrule.cli.Activations;
import org.chainrule.cli.UsageException;
import org.chainrule.harness.Suggestion;

/** What each setting may be, and in which runs it has a meaning. */
final class SettingRules {
    static final String OPTIMIZERS =
            "sgd, nesterov, adam, adamw, amsgrad, rmsprop, rmsprop-centered, adagrad, adadelta";
    static final String SCHEDULES = "constant, step, exponential, cosine, warmup, warmup-cosine, onecycle, plateau";
    static final String INITIALIZERS = "auto, default, glorot, glorot-normal, he, he-normal, lecun, lecun-normal, "
            + "orthogonal, uniform, normal";
    static final String TASKS = "auto, classify, regress";
    static final String NORMS = "none, layer, rms, batch";

    private static final String NO_PARTS = "xor has four samples, of which none can be held out";
    private static final Set<String> WITH_MOMENTUM = Set.of("sgd", "nesterov", "rmsprop", "rmsprop-centered");

    private SettingRules() {}

    /** @throws UsageException naming the first setting whose value makes no sense */
    static void check(Settings s) {
        s.asMap().keySet().forEach(name -> check(name, s));
        if (s.whole("patience") > 0 && s.real("validation") == 0)
            throw UsageException.of("patience", "a validation part is needed to stop by, and --validation is 0");
    }

    private static void check(String name, Settings s) {
        switch (name) {
            case "model" -> require(name, s, v -> v.isEmpty() || v.matches("none|[1-9][0-9]{0,6}(-[1-9][0-9]{0,6})*"),
                    "the widths of the hidden layers, such as 128-64, or none");
            case "activation" -> Activations.named(name, s.text(name));
            case "init" -> requireOne(name, s, INITIALIZERS);
            case "norm" -> requireOne(name, s, NORMS);
            case "task" -> requireOne(name, s, TASKS);
            case "drop" -> requireTargetIsKept(s);
            case "optimizer" -> requireOne(name, s, OPTIMIZERS);
            case "schedule" -> requireOne(name, s, SCHEDULES);
            case "epochs", "batch", "window", "embedding" -> s.positive(name);
            case "patience" -> requireNumber(name, s, v -> v >= 0, "at least 0");
            case "lr" -> requireNumber(name, s, v -> v > 0, "above 0");
            case "momentum" -> requireNumber(name, s, v -> v >= 0 && v < 1 && (v > 0 || !isNesterov(s)),
                    isNesterov(s) ? "above 0 and below 1" : "at least 0 and below 1");
            case "dropout", "validation" ->
                    requireNumber(name, s, v -> v >= 0 && v < 1, "at least 0 and below 1");
            case "test" -> requireNumber(name, s, v -> v > 0 && v < 1, "above 0 and below 1");
            case "label-smoothing" -> requireNumber(name, s, v -> v >= 0 && v <= 1, "from 0 to 1");
            case "weight-decay", "l1", "l2", "clip", "noise" -> requireNumber(name, s, v -> v >= 0, "at least 0");
            case "seed" -> s.seed();
            default -> {} // the data set, columns and a switch, each checked where it is looked up
        }
    }

    private static boolean isNesterov(Settings s) {
        return s.text("optimizer").equals("nesterov");
    }

    private static void requireTargetIsKept(Settings s) {
        if (Columns.dropped(s).contains(s.text("target")))
            throw UsageException.of("drop", "'" + s.text("target") + "' is the --target, which cannot be left out");
    }

    private static void require(String name, Settings s, Predicate<String> allowed, String expected) {
        if (!allowed.test(s.text(name)))
            throw UsageException.of(name, "expected " + expected + ", found '" + s.text(name) + "'");
    }

    private static void requireNumber(String name, Settings s, Predicate<Double> allowed, String expected) {
        double value = s.real(name);
        if (!Double.isFinite(value) || !allowed.test(value))
            throw UsageException.of(name, s.text(name) + " is not "
                    + (Double.isFinite(value) ? "" : "a finite number ") + expected);
    }

    private static void requireOne(String name, Settings s, String known) {
        List<String> names = Arrays.asList(known.split(", "));
        if (!names.contains(s.text(name))) throw UsageException.of(name, "there is no '" + s.text(name) + "'"
                + Suggestion.among(s.text(name), names, known));
    }

    /** Why {@code option} has no meaning in a run with these settings; empty where it has one. */
    static Optional<String> objection(String option, Settings s) {
        String data = s.text("data"), optimizer = s.text("optimizer");
        return switch (option) {
            case "target", "task", "drop", "no-header" ->
                    unless(data.equals("csv"), "only csv has columns to choose");
            case "window", "embedding" -> unless(data.equals("text"), "only text is read in characters");
            case "momentum" -> unless(WITH_MOMENTUM.contains(optimizer),
                    optimizer + " takes none; sgd, nesterov, rmsprop and rmsprop-centered do");
            case "test" -> switch (data) {
                case "mnist", "fashion" -> Optional.of(data + " has files of its own for the test");
                case "xor" -> Optional.of(NO_PARTS);
                default -> Optional.empty();
            };
            case "validation", "patience" -> unless(!data.equals("xor"), NO_PARTS);
            case "activation", "norm", "dropout", "residual" -> unless(!Networks.isWithoutHiddenLayers(s),
                    "the network has no hidden layer for it: --model is none");
            default -> Optional.empty();
        };
    }

    private static Optional<String> unless(boolean meant, String why) {
        return meant ? Optional.empty() : Optional.of(why);
    }

    /** @throws UsageException naming the first of the options {@code given} that has no meaning */
    static void requireMeaning(Set<String> given, Settings s) {
        for (String option : given) objection(option, s).ifPresent(why -> {
            throw UsageException.of(option, why);
        });
    }
}
