package org.example.plain;

import java.util.List;
import org.chainrule.spi.Backend;
import org.chainrule.spi.Device;

/** The provider: {@code META-INF/services/org.chainrule.spi.Backend} names it, and the class path is all it needs. */
public final class PlainBackend implements Backend {
    @Override
    public String name() {
        return "plain";
    }

    /** A rank below 0: it runs where it is asked for and {@code auto} never takes it. */
    @Override
    public Availability probe() {
        return new Availability.Ready(
                List.of(new DeviceInfo("plain loops", "one thread, memory off the Java heap", -1)));
    }

    @Override
    public Device open(int index) {
        return new PlainDevice();
    }
}
