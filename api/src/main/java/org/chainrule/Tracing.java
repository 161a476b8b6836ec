package org.chainrule;

import java.nio.file.Path;
import java.util.Optional;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import org.chainrule.spi.Trace;

/** Where a session's device tells what it does: a file, Java's flight recorder, or both. */
final class Tracing implements Trace {
    private final Optional<ChromeTrace> file;
    private final int process;
    private String device = "";

    private Tracing(Optional<ChromeTrace> file) {
        this.file = file;
        this.process = file.map(ChromeTrace::process).orElse(0);
    }

    /** What {@code -Dchainrule.trace} says, or a recording that has the event enabled; empty where nobody asks. */
    static Optional<Tracing> configured() {
        String file = System.getProperty("chainrule.trace", "");
        if (!file.isBlank()) return Optional.of(to(Path.of(file)));
        return isRecorded() ? Optional.of(new Tracing(Optional.empty())) : Optional.empty();
    }

    /** Whether a recording asks for the event. Where there is none the event is not touched: its class starts the recorder, which takes a tenth of a second. */
    private static boolean isRecorded() {
        return FlightRecorder.isInitialized() && EventType.getEventType(ActivityEvent.class).isEnabled();
    }

    /** To {@code file}, and to a recording that has the event enabled. */
    static Tracing to(Path file) {
        return new Tracing(Optional.of(ChromeTrace.of(file)));
    }

    /** Tells what the activities are of. */
    void begin(String device) {
        this.device = device;
        if (file.isPresent()) file.get().name(process, device);
    }

    @Override
    public void add(Activity activity) {
        if (file.isPresent()) file.get().add(process, activity);
        ActivityEvent.commit(device, activity);
    }

    /** Writes what the file has not yet. */
    void flush() {
        file.ifPresent(ChromeTrace::flush);
    }
}
