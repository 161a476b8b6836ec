package org.chainrule.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Standard output and error of this process. Where the locale knows ASCII alone, as in most containers, they are UTF-8. */
final class StandardStreams {
    private final Watched watched = new Watched(new FileOutputStream(FileDescriptor.out));
    private final PrintStream out =
            new PrintStream(new BufferedOutputStream(watched), true, charset("stdout.encoding"));
    private final PrintStream err = new PrintStream(new BufferedOutputStream(new FileOutputStream(FileDescriptor.err)),
            true, charset("stderr.encoding"));

    PrintStream out() {
        return out;
    }

    PrintStream err() {
        return err;
    }

    /** Why what was written did not arrive; a reader that went away, such as {@code head}, wanted no more and is no failure. */
    Optional<IOException> failure() {
        out.flush();
        return watched.failure.filter(e -> !isClosedPipe(e));
    }

    private static boolean isClosedPipe(IOException e) {
        String message = String.valueOf(e.getMessage());
        return message.contains("Broken pipe") || message.contains("pipe is being closed")
                || message.contains("pipe has been ended");
    }

    private static Charset charset(String property) {
        Charset charset = Charset.forName(System.getProperty(property, "UTF-8"), StandardCharsets.UTF_8);
        return charset.equals(StandardCharsets.US_ASCII) ? StandardCharsets.UTF_8 : charset;
    }

    /** Remembers its first failure, which a PrintStream would hide. */
    private static final class Watched extends OutputStream {
        private final OutputStream to;
        private Optional<IOException> failure = Optional.empty();

        Watched(OutputStream to) {
            this.to = to;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] b, int offset, int length) throws IOException {
            try {
                to.write(b, offset, length);
            } catch (IOException e) {
                if (failure.isEmpty()) failure = Optional.of(e);
                throw e;
            }
        }
    }
}
