package org.chainrule.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.zip.GZIPInputStream;
import org.chainrule.KernelCompilationException;
import org.chainrule.UnsupportedOpException;
import org.chainrule.kernels.BinaryCache;
import org.chainrule.kernels.Dialect;
import org.chainrule.kernels.Source;
import org.chainrule.kernels.SourceCompiler;
import org.chainrule.plan.Kernel;

/** What a device without NVRTC computes by: PTX of all fixed functions, which was compiled beforehand and which the driver compiles on. */
final class Shipped implements SourceCompiler {
    /** The archive: each module behind a line with the digest of the text that it was compiled from. */
    static final String ARCHIVE = "kernels.ptx.gz";
    static final String MARK = "//@ ";

    private final CudaHardware hardware;
    private final CudaQueue queue;
    private final Map<String, String> modules;

    Shipped(CudaHardware hardware, CudaQueue queue) {
        this.hardware = hardware;
        this.queue = queue;
        this.modules = modules();
    }

    /** The PTX of each module by the {@linkplain #digest digest} of what it was compiled from. */
    static Map<String, String> modules() {
        Map<String, String> modules = new TreeMap<>();
        try (InputStream archive = Shipped.class.getResourceAsStream(ARCHIVE)) {
            if (archive == null) return modules;
            String all = new String(new GZIPInputStream(archive).readAllBytes(), StandardCharsets.ISO_8859_1);
            for (String module : all.split("(?m)^" + MARK)) {
                int end = module.indexOf('\n');
                if (end > 0) modules.put(module.substring(0, end), module.substring(end + 1));
            }
            return modules;
        } catch (IOException e) {
            throw new KernelCompilationException("the compiled kernels in the jar cannot be read: " + e.getMessage()
                    + "; the jar is damaged, so fetch it anew", e);
        }
    }

    /** The name of a translation unit in the archive. */
    static String digest(String text) {
        return BinaryCache.digest(text).substring(0, 32);
    }

    @Override
    public Dialect dialect() {
        return Dialect.CUDA;
    }

    @Override
    public boolean hasDoubles() {
        return true;
    }

    @Override
    public BinaryCache cache() {
        return BinaryCache.none();
    }

    /** A module for each: which of them a network needs is not known beforehand. */
    @Override
    public List<List<Source>> units(List<Source> sources) {
        return sources.stream().map(List::of).toList();
    }

    @Override
    public Program build(String text, Kernel.Label label) {
        String ptx = Optional.ofNullable(modules.get(digest(text))).orElseThrow(() -> new UnsupportedOpException(
                hardware.name() + ": " + label
                        + " has no kernel that was compiled beforehand, and there is no NVRTC to compile one; "
                        + CudaBackend.NO_NVRTC));
        Supplier<RuntimeException> refused = () -> new KernelCompilationException(hardware.name()
                + ": the driver (CUDA "
                + hardware.driver() + ") does not take the kernel for " + label + " that was compiled beforehand");
        return load((ptx + "\0").getBytes(StandardCharsets.ISO_8859_1)).orElseThrow(refused);
    }

    @Override
    public Optional<Program> load(byte[] binary) {
        return CudaModule.load(queue, binary);
    }
}
