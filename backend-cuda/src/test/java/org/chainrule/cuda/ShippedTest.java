package org.chainrule.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import jcuda.nvptxcompiler.JNvPTXCompiler;
import jcuda.nvptxcompiler.nvPTXCompileResult;
import jcuda.nvptxcompiler.nvPTXCompilerHandle;
import org.chainrule.kernels.Dialect;
import org.chainrule.kernels.Source;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The kernels that the jar carries for machines without NVRTC. {@code -Dchainrule.ptx=write} has nvcc compile them anew. */
class ShippedTest {
    private static final Path ARCHIVE =
            Path.of("src", "main", "resources", "org", "chainrule", "cuda", Shipped.ARCHIVE);
    /** Of every structure of kernel and every op. */
    private static final List<String> CASES = List.of("structure", "pointwise", "reduction",
            "product", "random", "dtype", "movement", "sizes", "network");

    private static final Map<String, String> ARCHIVED = Shipped.modules();
    private static final int OLDEST = 75;
    private static final String STALE =
            "kernels.ptx.gz is of other sources: mvn test -pl backend-cuda -am -Dtest=ShippedTest -Dsurefire.failIfNoSpecifiedTests=false -Dchainrule.ptx=write";

    /** What a device asks for where it needs {@code s} alone. */
    private static String unit(Source s) {
        return Dialect.CUDA.complete(List.of(s.named(s.entry() + "_0")), true);
    }

    /** What the archive has for each of {@code sources}. */
    static List<String> modules(List<Source> sources) {
        return sources.stream().map(s -> module(s).orElseThrow(() -> new AssertionError(STALE))).toList();
    }

    /** What the archive has for {@code s}. */
    static Optional<String> module(Source s) {
        return Optional.ofNullable(ARCHIVED.get(Shipped.digest(unit(s))));
    }

    private static Map<String, String> units(List<Source> sources) {
        Map<String, String> units = new TreeMap<>();
        sources.forEach(s -> units.put(Shipped.digest(unit(s)), s.text()));
        return units;
    }

    /** Where this fails a renderer or a function changed, and the archive is to be written anew. */
    @Test
    void theArchiveHasTodaysFunctionsAndNoOthers(@TempDir Path folder) throws IOException, InterruptedException {
        List<Source> all = FixedFunctions.all();
        if (System.getProperty("chainrule.ptx", "").equals("write")) write(all, folder);
        else assertThat(Shipped.modules().keySet())
                .as(STALE)
                .containsExactlyElementsOf(units(all).keySet());
    }

    private static void write(List<Source> all, Path folder) throws IOException, InterruptedException {
        List<Source> named = IntStream.range(0, all.size())
                .mapToObj(i -> all.get(i).named(all.get(i).entry() + "_" + i)).toList();
        PtxModules modules = new PtxModules(Nvcc.ptx(named, folder));
        Map<String, String> byDigest = new TreeMap<>();
        for (int i = 0; i < all.size(); i++)
            byDigest.put(Shipped.digest(unit(all.get(i))),
                    modules.module(named.get(i).entry(), all.get(i).entry() + "_0"));
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(ARCHIVE)) {
            {
                def.setLevel(Deflater.BEST_COMPRESSION);
            }
        }) {
            for (Map.Entry<String, String> m : byDigest.entrySet())
                out.write((Shipped.MARK + m.getKey() + "\n" + m.getValue()).getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    /** Whatever a network is made of, each function that it needs is there. */
    @Test
    void theSuiteNeedsNoOtherFunctions() {
        Map<String, String> needed = new LinkedHashMap<>(units(RenderedKernels.of(CASES, FixedFunctions.KINDS)));
        needed.keySet().removeAll(Shipped.modules().keySet());
        assertThat(needed.values()).isEmpty();
    }

    /** JCuda carries the assembler of CUDA 12.0, the oldest that is supported; a driver has the same. */
    @ParameterizedTest
    @ValueSource(ints = {OLDEST, 80, 90})
    void theAssemblerOfTheOldestCudaTakesEachModule(int architecture) {
        try {
            JNvPTXCompiler.setExceptionsEnabled(false);
        } catch (LinkageError e) {
            Assumptions.abort("JCuda has no PTX compiler for this machine: " + e.getMessage());
        }
        List<String> modules = List.copyOf(Shipped.modules().values());
        assertThat(modules).isNotEmpty();
        assertThat(assembled(PtxModules.joined(modules), architecture)).isEmpty();
        // by itself, for in the whole another might bring the function that it lacks
        if (architecture == OLDEST) assertThat(modules).filteredOn(m -> m.contains("call.uni")).isNotEmpty()
                .allSatisfy(m -> assertThat(assembled(m, architecture)).isEmpty());
    }

    /** What is wrong with it; empty where nothing is. */
    private static String assembled(String ptx, int architecture) {
        nvPTXCompilerHandle handle = new nvPTXCompilerHandle();
        byte[] text = (ptx + "\0").getBytes(StandardCharsets.ISO_8859_1);
        int status = JNvPTXCompiler.nvPTXCompilerCreate(handle, text.length, text);
        if (status != nvPTXCompileResult.NVPTXCOMPILE_SUCCESS) return nvPTXCompileResult.stringFor(status);
        try {
            String[] options = {"--gpu-name=sm_" + architecture, "--warn-on-spills", "--warning-as-error"};
            status = JNvPTXCompiler.nvPTXCompilerCompile(handle, options.length, options);
            if (status == nvPTXCompileResult.NVPTXCOMPILE_SUCCESS) return "";
            long[] length = new long[1];
            JNvPTXCompiler.nvPTXCompilerGetErrorLogSize(handle, length);
            byte[] log = new byte[Math.toIntExact(length[0]) + 1];
            JNvPTXCompiler.nvPTXCompilerGetErrorLog(handle, log);
            return nvPTXCompileResult.stringFor(status) + " "
                    + new String(log, StandardCharsets.ISO_8859_1).lines().limit(5).collect(Collectors.joining("; "));
        } finally {
            JNvPTXCompiler.nvPTXCompilerDestroy(handle);
        }
    }
}
