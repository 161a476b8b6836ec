package org.chainrule.opencl;

import java.nio.file.Path;
import java.util.Optional;
import org.chainrule.KernelCompilationException;
import org.chainrule.Origin;
import org.chainrule.io.Resource;
import org.chainrule.kernels.BinaryCache;
import org.chainrule.kernels.DeviceFunction;
import org.chainrule.kernels.Dialect;
import org.chainrule.kernels.Launch;
import org.chainrule.kernels.SourceCompiler;
import org.chainrule.plan.Kernel;

/**
 * PoCL's compiler, and what it needs to be spared. What it calls a program's binary takes it a second compilation of each kernel, for any work-group, and lacks those
 * for the work-groups that ran; so what is kept are the files that it made until the kernels had run.
 */
final class PoclCompiler implements SourceCompiler {
    private static final System.Logger LOG = System.getLogger(PoclCompiler.class.getName());
    /** What PoCL says where it lost a file, which is no fault of the source. */
    private static final String LOST_FILE = "unable to rename temporary";
    private static final int TRIES = 5;
    /** Logged where {@code builtins.h} was not enough. */
    static final String RELAPSE = "PoCL compiles again with its own declarations";
    /** Leaves out PoCL's declarations of all built-in functions. */
    private static final String WITHOUT_BUILTINS = " -D_OPENCL_H_";
    private static final String BUILTINS = Resource.text(PoclCompiler.class, "builtins.h");
    private static final Kernel.Label KEPT = new Kernel.Label("a kept program", Origin.UNKNOWN);

    private final Compiler driver;
    private final ClQueue queue;
    private final PoclFolder folder;
    private final BinaryCache cache;

    PoclCompiler(ClHardware hardware, ClQueue queue, PoclFolder folder) {
        this.driver = new Compiler(hardware, queue);
        this.queue = queue;
        this.folder = folder;
        this.cache = BinaryCache.of("opencl", String.join("\n", hardware.name(), hardware.driver(),
                hardware.platformVersion(), driver.options(), BUILTINS));
        folder.warnOnce();
    }

    @Override
    public Dialect dialect() {
        return driver.dialect();
    }

    @Override
    public boolean hasDoubles() {
        return driver.hasDoubles();
    }

    @Override
    public BinaryCache cache() {
        return cache;
    }

    @Override
    public Program build(String text, Kernel.Label label) {
        synchronized (Compiler.BUILDING) {
            ClProgram program = new ClProgram(queue, compile(text, label));
            return folder.newProgram().map(files -> new PoclProgram(program, text, Optional.of(files), 0))
                    .orElseGet(() -> new PoclProgram(program, text, Optional.empty(), 0));
        }
    }

    @Override
    public Optional<Program> load(byte[] binary) {
        synchronized (Compiler.BUILDING) {
            return folder.unpack(binary).flatMap(this::load);
        }
    }

    private Optional<Program> load(PoclFolder.Unpacked kept) {
        try {
            return Optional.of(new PoclProgram(new ClProgram(queue, compile(kept.text(), KEPT)), kept.text(),
                    Optional.of(kept.program()), folder.size(kept.program())));
        } catch (KernelCompilationException e) {
            LOG.log(System.Logger.Level.DEBUG, "PoCL does not take what it compiled; it compiles again", e);
            return Optional.empty();
        }
    }

    private long compile(String text, Kernel.Label label) {
        folder.requireRoom();
        try {
            return compilePatiently(BUILTINS + text, driver.options() + WITHOUT_BUILTINS, label);
        } catch (KernelCompilationException e) {
            if (e.getMessage().contains(LOST_FILE)) throw e;
            LOG.log(System.Logger.Level.DEBUG, RELAPSE, e);
            return compilePatiently(text, driver.options(), label);
        }
    }

    private long compilePatiently(String text, String options, Kernel.Label label) {
        for (int left = TRIES - 1;; left--) {
            try {
                return driver.compile(text, options, label);
            } catch (KernelCompilationException e) {
                if (left == 0 || !e.getMessage().contains(LOST_FILE)) throw e;
                LOG.log(System.Logger.Level.DEBUG, "PoCL lost a file of its own; it compiles again", e);
            }
        }
    }

    /** A program that PoCL goes on compiling when its kernels first run. */
    private final class PoclProgram implements Program {
        private final ClProgram program;
        private final String text;
        private final Optional<Path> files;
        /** How many of the files are kept. */
        private int kept;
        private final Runnable ran = this::keep;

        PoclProgram(ClProgram program, String text, Optional<Path> files, int kept) {
            this.program = program;
            this.text = text;
            this.files = files;
            this.kept = kept;
        }

        /** Nothing yet: it is kept once its kernels ran. */
        @Override
        public byte[] binary() {
            return new byte[0];
        }

        private void keep() {
            files.ifPresent(f -> {
                int made = folder.size(f);
                if (made > kept) cache.write(text, () -> folder.packed(text, f));
                kept = Math.max(kept, made);
            });
        }

        @Override
        public DeviceFunction function(String name, DeviceFunction.Start<Launch> start) {
            return program.function(name, start, ran);
        }

        @Override
        public void close() {
            program.close();
        }
    }
}
