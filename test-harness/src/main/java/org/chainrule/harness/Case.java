package org.chainrule.harness;

import java.util.Optional;
import org.chainrule.DType;

/**
 * One thing that the suite checks of a backend. Everything random in it follows from the seed of the run and the case's
 * name, so that name and seed repeat it exactly.
 *
 * @param name   where it stands: family, op, dtype, variant, with slashes between and nothing that a shell would read
 * @param op     the op that it is about, as the table of ops lists it
 * @param dtype  the one that it is about; empty where it is about none or several
 * @param oracle who says what is right
 * @param check  what it does
 */
public record Case(String name, String op, Optional<DType> dtype, Oracle oracle, Check check) {
    public Case {
        if (!ShellWord.isPlain(name))
            throw new IllegalArgumentException("'" + name + "' has characters that a shell would read");
    }

    /** A case that is about one dtype. */
    public Case(String name, String op, DType dtype, Oracle oracle, Check check) {
        this(name, op, Optional.of(dtype), oracle, check);
    }

    /** A case that is about no dtype or about several. */
    public Case(String name, String op, Oracle oracle, Check check) {
        this(name, op, Optional.empty(), oracle, check);
    }

    /** Runs on a bench and says how it ended; what it throws counts as a failure. */
    @FunctionalInterface
    public interface Check {
        Verdict run(Bench bench);
    }

    /** The first part of the name. */
    public String family() {
        return name.substring(0, name.indexOf('/') < 0 ? name.length() : name.indexOf('/'));
    }

    @Override
    public String toString() {
        return name;
    }
}
