package org.chainrule.harness;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a run of the suite covers.
 *
 * @param seed    from which everything random follows
 * @param name    runs only the case of that name, or those whose names begin with it and a slash; empty for all
 * @param op      runs only the cases of that op; empty for all
 * @param golden  the folder of recorded PyTorch results
 * @param onnx    the folder of ONNX node tests
 * @param graphs  how many random graphs
 */
public record Options(long seed, String name, String op, Optional<Path> golden, Optional<Path> onnx, int graphs) {
    /** The seed of a run that names none. */
    public static final long SEED = 42;
    /** Random graphs of a run that names no number. */
    public static final int GRAPHS = 2000;

    /**
     * Those that the system properties {@code chainrule.conformance.seed}, {@code .case}, {@code .op}, {@code .graphs},
     * {@code chainrule.golden} and {@code chainrule.onnx} name; folders otherwise from {@code data/golden} and
     * {@code data/onnx-node} under {@code chainrule.shared}, where they are.
     */
    public static Options ofProperties() {
        return new Options(Long.getLong("chainrule.conformance.seed", SEED),
                System.getProperty("chainrule.conformance.case", ""),
                System.getProperty("chainrule.conformance.op", ""), named("golden", "golden"),
                named("onnx", "onnx-node"), Integer.getInteger("chainrule.conformance.graphs", GRAPHS));
    }

    /** The system properties that run {@code c} alone, as these options do: each after a space. */
    public String properties(Case c) {
        return property("conformance.case", c.name()) + property("conformance.seed", Long.toString(seed))
                + switch (c.oracle()) {
                    case GOLDEN, TRAINING -> folder("golden", golden);
                    case ONNX -> folder("onnx", onnx);
                    case ANALYSIS, FORMULA, DIFFERENCES, GRAPHS, SENTINELS, STORAGE, BITS, LIFECYCLE -> "";
                };
    }

    private static String folder(String property, Optional<Path> folder) {
        return folder.map(f -> property(property, f.toAbsolutePath().toString())).orElse("");
    }

    private static String property(String name, String value) {
        return " -Dchainrule." + name + "=" + ShellWord.quoted(value);
    }

    private static Optional<Path> named(String property, String shared) {
        String named = System.getProperty("chainrule." + property, "");
        if (!named.isBlank()) return Optional.of(Path.of(named));
        return Optional.of(Path.of(System.getProperty("chainrule.shared", "shared"), "data", shared))
                .filter(Files::isDirectory);
    }

    /** Whether every case of the families that read no folder runs with the seed of a run that names none. */
    public boolean isWhole() {
        return seed == SEED && name.isEmpty() && op.isEmpty();
    }

    /** Every case of the same folders, and of random graphs but one. */
    Options whole() {
        return new Options(seed, "", "", golden, onnx, Math.min(graphs, 1));
    }

    /** Whether a case is to run. */
    public boolean includes(Case c) {
        return (op.isEmpty() || c.op().equals(op))
                && (name.isEmpty() || c.name().equals(name) || c.name().startsWith(name + "/"));
    }

    /** Whether some case of a family may be asked for. */
    boolean includes(Family f) {
        return name.isEmpty() || name.equals(f.name()) || name.startsWith(f.name() + "/");
    }
}
