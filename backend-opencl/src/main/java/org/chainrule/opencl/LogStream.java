package org.chainrule.opencl;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;

/** A stream whose lines go to a log, at level DEBUG. */
final class LogStream extends OutputStream {
    private final System.Logger log;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    private LogStream(System.Logger log) {
        this.log = log;
    }

    static PrintStream to(System.Logger log) {
        return new PrintStream(new LogStream(log), true, UTF_8);
    }

    @Override
    public synchronized void write(int b) {
        if (b != '\n') {
            line.write(b);
            return;
        }
        log.log(System.Logger.Level.DEBUG, line.toString(UTF_8));
        line.reset();
    }
}
