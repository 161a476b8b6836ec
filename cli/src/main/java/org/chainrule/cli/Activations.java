package org.chainrule.cli;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.chainrule.expr.Ops;
import org.chainrule.expr.Pointwise;
import org.chainrule.harness.Suggestion;

/** The ops that can stand between layers, by name. */
public final class Activations {
    /** Ops of one argument: all that may be named. */
    private static final List<Pointwise> UNARY =
            Ops.ALL.stream().filter(op -> op.arity() == 1 && !op.forward().isPredicate()).toList();

    /** What is made for the purpose: the table's ops from the identity on. */
    private static final List<String> USUAL =
            UNARY.subList(UNARY.indexOf(Ops.IDENTITY), UNARY.size()).stream().map(Pointwise::name).toList();

    private Activations() {}

    /** The op called {@code name}, in any case and with {@code -} for {@code _}. */
    static Optional<Pointwise> find(String name) {
        String key = name.toLowerCase(Locale.ROOT).replace('-', '_');
        return UNARY.stream().filter(op -> op.name().equals(key)).findFirst();
    }

    /**
     * As {@link #find}.
     *
     * @throws UsageException that {@code option} names none
     */
    public static Pointwise named(String option, String name) {
        return find(name).orElseThrow(() -> UsageException.of(option, refusal(name)));
    }

    /** That there is no such activation, and which there are. */
    static String refusal(String name) {
        return "there is no activation '" + name + "'"
                + Suggestion.among(name, UNARY.stream().map(Pointwise::name).toList(), String.join(", ", USUAL))
                + ", and every other op of one argument that \"chainrule ops\" lists";
    }
}
