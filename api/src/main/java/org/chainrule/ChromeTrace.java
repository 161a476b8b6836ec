package org.chainrule;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.chainrule.io.Json;
import org.chainrule.io.StorageFailure;
import org.chainrule.spi.Trace.Activity;
import org.chainrule.spi.Trace.Kind;

/**
 * A file in the format that chrome://tracing and Perfetto read ("Trace Event Format", its JSON object). Each session of the program that
 * names the file is a process in it, with a track each for kernels, transfers and compilations. The file is whole JSON at any time:
 * each piece that is written overwrites the end of the one before, and brings an end of its own.
 */
final class ChromeTrace {
    private static final System.Logger LOG = System.getLogger("org.chainrule");
    /** Traces by file; a second session adds to what the first wrote. */
    private static final Map<Path, ChromeTrace> OPEN = new ConcurrentHashMap<>();
    /** As many events as a viewer opens without trouble. */
    private static final int AT_MOST = 1_000_000;
    /** Characters that are kept until they are written. */
    private static final int PIECE = 1 << 16;
    private static final List<String> TRACKS = List.of("kernels", "transfers", "compilations");
    private static final String HEAD = "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[";

    private final Path file;
    private final int atMost;
    private final long zero = System.nanoTime();
    private final StringBuilder text = new StringBuilder(HEAD);
    private String separator = "\n";
    /** Where in the file the next piece goes. */
    private long at;
    private int processes;
    private int events;
    private long leftOut;
    /** While the virtual machine ends it may stop within a write, so there is none but those that sessions ask for. */
    private boolean ending;
    private boolean failed;

    /** @throws StorageException where {@code file} cannot be written */
    ChromeTrace(Path file, int atMost) {
        this.file = file;
        this.atMost = atMost;
        try {
            write(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
        } catch (IOException e) {
            throw new StorageException(
                    "could not write the trace " + file + ": " + StorageFailure.reason(file, e)
                            + ". Name another file, or trace nothing",
                    e);
        }
    }

    /**
     * The trace in {@code file}, begun by the first who asks for it; written to the end when the program ends, however it does.
     *
     * @throws StorageException where the file cannot be written
     */
    static ChromeTrace of(Path file) {
        return OPEN.computeIfAbsent(file.toAbsolutePath().normalize(), _ -> {
            ChromeTrace trace = new ChromeTrace(file, AT_MOST);
            try {
                Runtime.getRuntime().addShutdownHook(new Thread(trace::end, "end of trace"));
            } catch (IllegalStateException _) {
                trace.end(); // the program is ending this very moment
            }
            return trace;
        });
    }

    /** A number for a session. */
    synchronized int process() {
        return ++processes;
    }

    /** Names a session and its tracks. */
    synchronized void name(int process, String name) {
        metadata("process_name", process, 0, name);
        for (int t = 0; t < TRACKS.size(); t++) metadata("thread_name", process, t, TRACKS.get(t));
    }

    private void metadata(String what, int process, int track, String name) {
        begin("M", process, track, what).append(",\"args\":{\"name\":").append(quoted(name)).append("}}");
    }

    /** The track of {@link #TRACKS} that shows activities of that kind. */
    private static int track(Kind kind) {
        return switch (kind) {
            case KERNEL -> 0;
            case UPLOAD, DOWNLOAD -> 1;
            case COMPILATION -> 2;
        };
    }

    synchronized void add(int process, Activity a) {
        if (failed) return;
        if (events == atMost || ending && text.length() >= PIECE) {
            leftOut++;
            return;
        }
        events++;
        begin("X", process, track(a.kind()), a.label().ops());
        text.append(",\"cat\":\"").append(a.kind().name().toLowerCase(Locale.ROOT)).append('"');
        micros(",\"ts\":", a.start() - zero);
        micros(",\"dur\":", a.nanos());
        text.append(",\"args\":{\"bytes\":").append(a.bytes());
        if (a.label().origin() != Origin.UNKNOWN)
            text.append(",\"line\":").append(quoted(a.label().origin().toString()));
        text.append("}}");
        if (text.length() >= PIECE && !ending) flush();
    }

    private StringBuilder begin(String phase, int process, int track, String name) {
        text.append(separator).append("{\"ph\":\"").append(phase).append("\",\"pid\":").append(process)
                .append(",\"tid\":").append(track).append(",\"name\":").append(quoted(name));
        separator = ",\n";
        return text;
    }

    /** Nanoseconds as microseconds, with all their digits. */
    private void micros(String key, long nanos) {
        text.append(key);
        if (nanos < 0) text.append('-');
        long n = Math.abs(nanos), fraction = n % 1000;
        text.append(n / 1000).append('.').append(fraction / 100).append(fraction / 10 % 10).append(fraction % 10);
    }

    private static String quoted(String s) {
        return new Json.Str(s).text();
    }

    /** Writes what was not written yet. Where that fails the file ends with what it had, and the program goes on. */
    synchronized void flush() {
        if (failed) return;
        try {
            write();
        } catch (IOException e) {
            failed = true;
            LOG.log(System.Logger.Level.WARNING,
                    () -> "the trace " + file + " ends early, for it could not be written: "
                            + StorageFailure.reason(file, e));
        }
    }

    private synchronized void end() {
        flush();
        ending = true;
    }

    /** Writes {@link #text} and the end of the file, which never becomes shorter. */
    private void write(OpenOption... options) throws IOException {
        String tail = "\n],\"otherData\":{\"left_out\":" + leftOut + "}}\n";
        int bytes = text.toString().getBytes(UTF_8).length;
        var all = new HashSet<>(List.of(options));
        all.add(StandardOpenOption.WRITE);
        try (FileChannel channel = FileChannel.open(file, all)) {
            try {
                write(channel, text + tail);
            } catch (IOException e) {
                write(channel, tail);
                channel.truncate(at + tail.length());
                throw e;
            }
        }
        at += bytes;
        text.setLength(0);
    }

    private void write(FileChannel channel, String piece) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(piece.getBytes(UTF_8));
        for (long to = at; bytes.hasRemaining();) to += channel.write(bytes, to);
    }
}
