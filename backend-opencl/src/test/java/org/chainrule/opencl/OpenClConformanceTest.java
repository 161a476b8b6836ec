package org.chainrule.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.chainrule.harness.BackendConformance;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The suite on the first OpenCL device of this machine. */
class OpenClConformanceTest extends BackendConformance {
    private static final Logger LOG = Logger.getLogger(Compiler.class.getName());
    private static final Relapses RELAPSES = new Relapses();

    /** The times that PoCL compiled with its own declarations, since ours lacked something. */
    private static final class Relapses extends Handler {
        final List<String> seen = new CopyOnWriteArrayList<>();

        @Override
        public void publish(LogRecord r) {
            if (r.getMessage().equals(Compiler.RELAPSE)) seen.add(String.valueOf(r.getThrown()));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    OpenClConformanceTest() {
        super("opencl");
    }

    @BeforeAll
    static void listen() {
        LOG.setLevel(Level.FINE);
        LOG.addHandler(RELAPSES);
    }

    /** Kernels that need the driver's own declarations compile several times slower. */
    @AfterAll
    static void allKernelsCompiledWithOurDeclarations() {
        LOG.removeHandler(RELAPSES);
        LOG.setLevel(null);
        assertThat(RELAPSES.seen).isEmpty();
    }
}
