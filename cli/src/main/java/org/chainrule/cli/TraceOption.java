package org.chainrule.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.chainrule.Session;
import picocli.CommandLine.Option;

/** {@code --trace}, to be mixed into commands that compute for a while. */
public final class TraceOption {
    @Option(names = "--trace", paramLabel = "FILE",
            description = "write when each kernel, transfer and compilation ran, for Perfetto")
    private Optional<Path> file = Optional.empty();

    /** A session where {@code backend} says, traced where that is asked for; the caller closes it. Throws as {@link Session#open(String, Path)}. */
    public Session open(BackendOption backend) {
        return file.map(f -> Session.open(backend.spec(), f)).orElseGet(backend::open);
    }
}
