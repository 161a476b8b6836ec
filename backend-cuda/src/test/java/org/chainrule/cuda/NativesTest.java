package org.chainrule.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.chainrule.Backends;
import org.chainrule.Session;
import org.chainrule.harness.cuda.Configuration;
import org.chainrule.harness.cuda.Configuration.Checks;
import org.chainrule.harness.cuda.Configuration.Library;
import org.chainrule.harness.cuda.Emulator;
import org.chainrule.kernels.BinaryCache;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What JCuda loads, in virtual machines of their own: a process keeps what it has loaded. */
class NativesTest {
    private static final int MACHINES = 8;
    /** {@code -Dchainrule.cuda.rounds=20} looks longer. */
    private static final int ROUNDS = Integer.getInteger("chainrule.cuda.rounds", 2);
    private static final String COMPUTE = "compute", PROBE = "probe", TRAIN = "train";

    @TempDir
    private Path cache = Path.of("");

    @BeforeAll
    static void build() {
        // once, not in each machine
        Emulated.load(Configuration.DEFAULT);
    }

    private Process start(String task, Set<Library> libraries) throws IOException {
        return start(task, libraries, System.getProperty("java.class.path"));
    }

    private Process start(String task, Set<Library> libraries, String classPath) throws IOException {
        String names = libraries.stream().map(Library::name).collect(Collectors.joining(","));
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED", "-D" + BinaryCache.PROPERTY + "=" + cache,
                "-Dchainrule.root=" + System.getProperty("chainrule.root", ""), NativesTest.class.getName(), task,
                names);
        builder.environment().keySet().removeAll(List.of("CHAINRULE_BACKEND", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
        builder.environment().put("CLASSPATH", classPath);
        return builder.redirectErrorStream(true).start();
    }

    private static String told(Process process) throws IOException, InterruptedException {
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(text).isZero();
        return text;
    }

    /** Arguments: what to do, and the libraries of the machine. */
    @SuppressWarnings("SystemOut") // it is read by the test that started this process
    public static void main(String[] args) {
        Set<Library> libraries = EnumSet.noneOf(Library.class);
        for (String name : args[1].split(",")) libraries.add(Library.valueOf(name));
        Emulator emulator =
                Emulator.load(Configuration.DEFAULT.with(libraries).with(args[0].equals(TRAIN) ? Checks.MEMORY
                        : Checks.RACES));
        if (!libraries.contains(Library.NVRTC)) DriverOnlyTest.explain(emulator);
        if (args[0].equals(TRAIN)) {
            Learning.xor();
            Learning.digits();
            System.out.println(emulator.counters().compilations() + " compilations, " + emulator.counters().products()
                    + " products, findings " + emulator.findingsAtEnd());
            return;
        }
        if (args[0].equals(PROBE)) {
            System.out.println(new CudaBackend().probe());
            try (Session s = Session.open("auto")) {
                System.out.println("auto takes " + s.device().name());
            }
            try {
                Backends.open("cuda").device().close();
            } catch (org.chainrule.BackendUnavailableException e) {
                System.out.println("refused: " + e.getMessage());
            }
            return;
        }
        try (Session s = Session.open("cuda")) {
            System.out.println("sum " + s.tensor(1f, 2f, 3f).sum().item());
        }
    }

    @Test
    void machinesThatStartAtOnceAllCompute() throws IOException, InterruptedException {
        for (int round = 0; round < ROUNDS; round++) {
            try (Stream<Path> left = Files.walk(cache)) {
                for (Path file : left.filter(f -> f.getFileName().toString().endsWith(".so")).toList())
                    Files.delete(file);
            }
            List<Process> all = new ArrayList<>();
            for (int i = 0; i < MACHINES; i++) all.add(start(COMPUTE, EnumSet.allOf(Library.class)));
            for (Process p : all) assertThat(told(p)).contains("sum 6.0");
        }
    }

    @Test
    void whatWasWrittenHalfIsWrittenAnew() throws IOException, InterruptedException {
        told(start(COMPUTE, EnumSet.allOf(Library.class)));
        List<Path> natives;
        try (Stream<Path> files = Files.walk(cache)) {
            natives = files.filter(f -> f.getFileName().toString().endsWith(".so")).toList();
        }
        assertThat(natives).hasSize(3);
        for (Path n : natives) Files.write(n, new byte[1000]);
        assertThat(told(start(COMPUTE, EnumSet.allOf(Library.class)))).contains("sum 6.0");
    }

    @Test
    void aDamagedNativePartIsToldAndAutoGoesOn() throws IOException, InterruptedException {
        Path damaged = cache.resolve("damaged"), lib = Files.createDirectories(damaged.resolve("lib"));
        Files.write(lib.resolve("libJCudaDriver-12.6.0-linux-x86_64.so"), new byte[1000]);
        assertThat(told(start(PROBE, EnumSet.allOf(Library.class),
                damaged + File.pathSeparator + System.getProperty("java.class.path"))))
                .contains("JCuda: its native part JCudaDriver cannot be loaded: ", "jcuda-natives is on the class path",
                        "auto takes ", "refused: ")
                .doesNotContain("auto takes CUDA (emulated)", "NoClassDefFoundError");
    }

    @Test
    void withoutNvrtcTheSecondTierIsToldAndTheDriverAloneWorks() throws IOException, InterruptedException {
        assertThat(told(start(PROBE, EnumSet.of(Library.DRIVER)))).contains("Ready",
                "no NVRTC (libnvrtc.so.12 not found): each instruction by a kernel of its own",
                "no cuBLAS (libcublas.so.12 not found): own products", "cuda-nvrtc-12-6", "auto takes CUDA (emulated)")
                .doesNotContain("refused: ");
    }

    /** By the kernels that the jar carries, on a machine that has nothing else. */
    @Test
    void withTheDriverAloneXorAndDigitsAreLearnt() throws IOException, InterruptedException {
        assertThat(told(start(TRAIN, EnumSet.of(Library.DRIVER)))).contains("xor learnt", "digits learnt",
                "0 compilations", "0 products", "findings []");
    }

    @Test
    void withoutCublasTheThirdTierIsToldAndProductsAreOurOwn() throws IOException, InterruptedException {
        assertThat(told(start(PROBE, EnumSet.of(Library.DRIVER, Library.NVRTC)))).contains("Ready",
                "no cuBLAS (libcublas.so.12 not found): own products", "auto takes CUDA (emulated)");
    }
}
