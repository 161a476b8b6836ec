package org.chainrule.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.chainrule.kernels.Dialect;
import org.chainrule.kernels.Entry;
import org.chainrule.kernels.Source;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The kernels that the suite renders, of every structure and every op, and those that are shipped, through NVIDIA's compiler and assembler: to machine code of each architecture, with
 * registers spilled to memory, and doubles where none was asked for, as errors. What each takes is written to {@code target/cuda/kernels.md}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KernelsCompileTest {
    private static final List<String> CASES = List.of("structure", "pointwise", "reduction/sum",
            "reduction/max", "reduction/logsumexp", "reduction/argmax", "reduction/cumsum", "product/matmul",
            "random/normal", "random/uniform", "dtype/cast", "dtype/matmul", "movement/gather", "movement/scatter_add",
            "sizes/softmax-last", "sizes/normalize", "network/softmax", "network/log_softmax");
    private static final Pattern USED =
            Pattern.compile("entry function '([a-z_]+)_\\d+' for .*?Used (\\d+) registers", Pattern.DOTALL);
    private Path folder = Path.of("");

    /** Registers at most, by function and architecture. */
    private final Map<String, Map<Integer, Integer>> registers = new TreeMap<>();
    private final Map<String, Integer> counts = new TreeMap<>();

    /** Sources that are compiled together. */
    private enum Unit {
        SINGLE("-warn-double-usage"), DOUBLE("-warn-spills");

        /** What else is an error. */
        private final String warning;

        Unit(String warning) {
            this.warning = warning;
        }

        /** Where doubles are asked for: by a dtype, or by a function for its rare arguments. */
        static Unit of(Source s) {
            String text = Dialect.CUDA.complete(List.of(s), true);
            String own = text.substring(text.indexOf("#define WIDE f64") + "#define WIDE f64".length());
            return Pattern.compile("\\b(f64|WIDE)\\b").matcher(own).find() ? DOUBLE : SINGLE;
        }
    }

    @BeforeAll
    void compile(@TempDir Path own) throws IOException, InterruptedException {
        if (Nvcc.tool("nvcc").isEmpty() || Nvcc.tool("ptxas").isEmpty()) {
            String missing = "there is no nvcc on the PATH (NVIDIA's cuda-nvcc), so no kernel was compiled for CUDA";
            if ("true".equals(System.getenv("CI"))) throw new AssertionError(missing);
            Assumptions.abort(missing);
        }
        folder = own;
        Map<Unit, List<Source>> rendered = byUnit(RenderedKernels.of(CASES)), fixed = byUnit(FixedFunctions.all());
        List<List<String>> commands = new ArrayList<>();
        for (Unit u : Unit.values()) {
            List<Source> part = rendered.get(u);
            List<Source> named = IntStream.range(0, part.size())
                    .mapToObj(i -> part.get(i).named(part.get(i).entry() + "_" + i)).toList();
            Path source = Files.writeString(folder.resolve(u + ".cu"), Dialect.CUDA.complete(named, true));
            commands.add(Nvcc.command(source, ptx(u, "rendered")));
            Files.writeString(ptx(u, "shipped"), PtxModules.joined(ShippedTest.modules(fixed.get(u))));
        }
        run(commands);
    }

    private Map<Unit, List<Source>> byUnit(List<Source> sources) {
        sources.forEach(s -> counts.merge(s.entry(), 1, Integer::sum));
        return sources.stream().collect(Collectors.groupingBy(Unit::of));
    }

    private Path ptx(Unit unit, String origin) {
        return folder.resolve(unit + "-" + origin + ".ptx");
    }

    /** Runs all beside each other; what they wrote, each of which ended well. */
    private List<String> run(List<List<String>> commands) throws IOException, InterruptedException {
        List<Process> processes = new ArrayList<>();
        List<Path> logs = new ArrayList<>();
        for (List<String> c : commands) {
            Path log = Files.createTempFile(folder, "log", ".txt");
            logs.add(log);
            processes.add(new ProcessBuilder(c).redirectErrorStream(true).redirectOutput(log.toFile()).start());
        }
        List<String> told = new ArrayList<>();
        for (int i = 0; i < processes.size(); i++) {
            int status = processes.get(i).waitFor();
            String text = Files.readString(logs.get(i));
            assertThat(status)
                    .as(() -> text.lines().filter(l -> !l.startsWith("ptxas info") && !l.contains("bytes stack"))
                            .limit(40).collect(Collectors.joining("\n")))
                    .isZero();
            told.add(text);
        }
        return told;
    }

    @ParameterizedTest
    @ValueSource(ints = {75, 80, 86, 89, 90, 100, 120})
    void everyKernelAssemblesWithoutSpillsAndStrayDoubles(int architecture) throws IOException, InterruptedException {
        List<List<String>> commands = Stream.of(Unit.values())
                .flatMap(u -> Stream.of("rendered", "shipped").map(origin -> ptx(u, origin))
                        .map(ptx -> List.of(Nvcc.tool("ptxas").orElseThrow().toString(), "-arch=sm_" + architecture,
                                "-v", "-warn-spills", u.warning, "-Werror", ptx.toString(), "-o", ptx + ".cubin")))
                .toList();
        Map<String, Integer> most = new TreeMap<>();
        for (String told : run(commands))
            for (Matcher m = USED.matcher(told); m.find();)
                most.merge(m.group(1), Integer.parseInt(m.group(2)), Math::max);
        assertThat(most.keySet()).isEqualTo(counts.keySet());
        most.forEach((function, n) -> registers.computeIfAbsent(function, _ -> new TreeMap<>()).put(architecture, n));
    }

    /** What GPUs are never given is what processors compute by: a new function is compiled here or named here. */
    @Test
    void everyFunctionThatAGpuRunsIsAmongThem() {
        List<Entry> ofProcessors = List.of(Entry.PACK_COLUMNS, Entry.MATMUL_BY_TILES);
        assertThat(counts.keySet()).containsExactlyInAnyOrderElementsOf(
                Stream.of(Entry.values()).filter(e -> !ofProcessors.contains(e)).map(Entry::symbol).toList());
    }

    @AfterAll
    void report() throws IOException {
        if (registers.isEmpty()) return;
        List<Integer> architectures =
                registers.values().stream().map(Map::keySet).flatMap(Collection::stream).distinct().sorted().toList();
        StringBuilder s = new StringBuilder("# Registers of a thread at most, by architecture; nothing is spilled\n\n");
        s.append("| function | kernels |").append(
                architectures.stream().map(a -> " sm_" + a + " |").collect(Collectors.joining())).append('\n');
        s.append("|---|---|").append("---|".repeat(architectures.size())).append('\n');
        registers.forEach((function, by) -> s.append("| ").append(function).append(" | ").append(counts.get(function))
                .append(" |").append(architectures.stream().map(a -> " " + by.getOrDefault(a, 0) + " |")
                        .collect(Collectors.joining()))
                .append('\n'));
        Path file = Path.of("target", "cuda", "kernels.md");
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, s);
    }
}
