package org.chainrule.kernels;

import java.util.List;
import org.chainrule.DType;

/**
 * How a kernel of the plan is computed: commands in order, and the scratch memory between them. A kernel without elements needs no command.
 */
public record Recipe(List<Command> commands, List<Scratch> scratch) {
    /** Memory that lives while the recipe runs; its contents are undefined at first. */
    public record Scratch(DType dtype, int length) {}

    static final Recipe NOTHING = new Recipe(List.of(), List.of());

    public Recipe {
        commands = List.copyOf(commands);
        scratch = List.copyOf(scratch);
    }

    /** Those of its commands that start device functions. */
    public List<Launch> launches() {
        return commands.stream().filter(Launch.class::isInstance).map(Launch.class::cast).toList();
    }

    static Recipe of(Launch launch) {
        return new Recipe(List.of(launch), List.of());
    }
}
