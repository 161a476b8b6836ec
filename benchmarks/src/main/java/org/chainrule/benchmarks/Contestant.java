package org.chainrule.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.chainrule.benchmarks.contender.Workload;
import org.chainrule.benchmarks.contender.Workload.Elementwise;
import org.chainrule.benchmarks.contender.Workload.Product;

/**
 * One who can take part, and how its process is started.
 *
 * @param module      the folder of its Maven module, whose build leaves its class path there
 * @param environment what it needs to be at its best
 * @param takesPart   in which work
 */
record Contestant(String name, Path module, String mainClass, List<String> jvmOptions, Map<String, String> environment,
        Predicate<Workload> takesPart) {
    /** Of its module, with the dependencies, as the build writes it. */
    private static final String CLASS_PATH = "target/class.path";
    private static final List<String> JVM_OPTIONS = List.of("-XX:+UseParallelGC", "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");
    /** They slow OpenBLAS where somebody set them for another machine. */
    private static final List<String> UNWANTED = List.of("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "JAVA_TOOL_OPTIONS",
            "JDK_JAVA_OPTIONS", "CHAINRULE_BACKEND");
    private static final String PEERS = "org.chainrule.benchmarks.peers.";

    /** Chainrule as built in the folder {@code root}. */
    static Contestant chainrule(String name, Path root, String backend) {
        return new Contestant(name, root.resolve("benchmarks"), Chainrule.class.getName(),
                Stream.concat(kernelOptions(root).stream(), Stream.of("-Dchainrule.backend=" + backend)).toList(),
                Map.of(), _ -> true);
    }

    /** The options that the build's kernels want; those before there was a file of them want one. */
    private static List<String> kernelOptions(Path root) {
        Path file = root.resolve("backend-cpu/jvm.options");
        return Files.exists(file) ? List.of("@" + file) : List.of("--add-modules", "jdk.incubator.vector");
    }

    /** The micro-benchmarks of that build. */
    static Contestant kernels(Path root, String backend) {
        Contestant c = chainrule("kernels", root, backend);
        return new Contestant(c.name, c.module, "org.openjdk.jmh.Main", c.jvmOptions, c.environment, c.takesPart);
    }

    /** The other libraries, whose modules lie in the folder {@code peers}. */
    static List<Contestant> peers(Path peers) {
        // two OpenMP runtimes in one process, whose threads would spin for each other's cores
        Map<String, String> shortSpin = Map.of("GOMP_SPINCOUNT", "200");
        return List.of(
                new Contestant("libtorch", peers.resolve("libtorch"), PEERS + "Libtorch", List.of(), shortSpin,
                        _ -> true),
                new Contestant("tensorflow", peers.resolve("tensorflow"), PEERS + "TensorFlowJava", List.of(),
                        Map.of("TF_CPP_MIN_LOG_LEVEL", "2"), Contestant::isTraining),
                new Contestant("djl", peers.resolve("djl"), PEERS + "Djl", List.of(), shortSpin,
                        Contestant::isTraining),
                new Contestant("dl4j", peers.resolve("dl4j"), PEERS + "Dl4j", List.of(), Map.of(),
                        Contestant::isTraining),
                new Contestant("openblas", peers.resolve("openblas"), PEERS + "OpenBlas", List.of(), Map.of(),
                        Product.class::isInstance),
                new Contestant("mkl", peers.resolve("mkl"), PEERS + "Mkl", List.of(),
                        Map.of("MKL_DYNAMIC", "FALSE", "KMP_BLOCKTIME", "20"), Product.class::isInstance),
                new Contestant("onednn", peers.resolve("onednn"), PEERS + "OneDnn", List.of(),
                        Map.of("KMP_BLOCKTIME", "20"), Product.class::isInstance));
    }

    private static boolean isTraining(Workload w) {
        return !(w instanceof Product) && !(w instanceof Elementwise);
    }

    /** Whether its module has been built. */
    boolean isBuilt() {
        return Files.exists(module.resolve(CLASS_PATH));
    }

    /** Its process, not started. */
    ProcessBuilder process(int threads) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM_OPTIONS);
        command.addAll(jvmOptions);
        command.add("-Dthreads=" + threads);
        command.add("-Dchainrule.threads=" + threads);
        command.add("-cp");
        command.add(module.resolve("target/classes") + ":" + Files.readString(module.resolve(CLASS_PATH)).strip());
        command.add(mainClass);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeAll(UNWANTED);
        for (String library : List.of("OMP", "MKL", "OPENBLAS"))
            builder.environment().put(library + "_NUM_THREADS", Integer.toString(threads));
        builder.environment().putAll(environment);
        return builder;
    }
}
