package org.chainrule;

import java.util.Locale;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.chainrule.spi.Trace.Activity;

/** An activity of a device in a flight recording. It is off by default: there are as many as kernels run. */
@Name("org.chainrule.Activity")
@Label("Device Activity")
@Description("A kernel, a transfer or a compilation, reported when the device has done it")
@Category("Chainrule")
@StackTrace(false)
@Enabled(false)
final class ActivityEvent extends Event {
    @Label("Device")
    String device = "";

    @Label("Kind")
    String kind = "";

    @Label("Ops")
    String ops = "";

    @Label("Line")
    @Description("The line that made the last of the ops")
    String line = "";

    @Label("Bytes")
    @DataAmount
    long bytes;

    @Label("Took")
    @Timespan(Timespan.NANOSECONDS)
    long took;

    @Label("Reported After")
    @Description("The time from its end to this event's")
    @Timespan(Timespan.NANOSECONDS)
    long reportedAfter;

    static void commit(String device, Activity a) {
        ActivityEvent event = new ActivityEvent();
        if (!event.isEnabled()) return;
        event.device = device;
        event.kind = a.kind().name().toLowerCase(Locale.ROOT);
        event.ops = a.label().ops();
        if (a.label().origin() != Origin.UNKNOWN) event.line = a.label().origin().toString();
        event.bytes = a.bytes();
        event.took = a.nanos();
        event.reportedAfter = System.nanoTime() - a.start() - a.nanos();
        event.commit();
    }
}
