package org.chainrule.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a class in which a compiler warned of a kernel, or a kernel needed the driver's own declarations of built-in functions: it compiles several times slower
 * with them.
 */
final class CleanCompilation extends Handler implements BeforeAllCallback, AfterAllCallback {
    private static final List<Logger> LOGS = List.of(Logger.getLogger(PoclCompiler.class.getName()),
            Logger.getLogger(Compiler.class.getName()));

    private final List<String> seen = new CopyOnWriteArrayList<>();

    /** Listens until {@link #ended}. */
    CleanCompilation begin() {
        for (Logger log : LOGS) {
            log.setLevel(Level.FINE);
            log.addHandler(this);
        }
        return this;
    }

    /** What was warned of, and why the driver's declarations were needed, each time. */
    List<String> ended() {
        for (Logger log : LOGS) {
            log.removeHandler(this);
            log.setLevel(null);
        }
        return seen;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        begin();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        assertThat(ended()).isEmpty();
    }

    @Override
    public void publish(LogRecord r) {
        if (r.getMessage().equals(PoclCompiler.RELAPSE)) seen.add(String.valueOf(r.getThrown()));
        if (r.getMessage().startsWith(Compiler.TOLD)) seen.add(r.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
