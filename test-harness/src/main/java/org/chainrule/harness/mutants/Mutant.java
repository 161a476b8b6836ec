package org.chainrule.harness.mutants;

import java.util.function.UnaryOperator;
import org.chainrule.harness.Substitution;
import org.chainrule.spi.Device;

/**
 * One thing that is wrong on purpose.
 *
 * @param name  what is wrong, in words with hyphens between
 * @param fault where
 */
public record Mutant(String name, Fault fault) {
    /** What a mutant changes. */
    public sealed interface Fault {
        /** The device. */
        record OfDevice(UnaryOperator<Device> change) implements Fault {}

        /** The declaration of an op, the same on every device. */
        record OfOp(Substitution substitution) implements Fault {}
    }

    static Mutant device(String name, UnaryOperator<Device> change) {
        return new Mutant(name, new Fault.OfDevice(change));
    }

    static Mutant op(String name, Substitution substitution) {
        return new Mutant(name, new Fault.OfOp(substitution));
    }

    @Override
    public String toString() {
        return name;
    }
}
