package org.chainrule.harness.cases;

import org.chainrule.harness.Comparison;
import org.chainrule.spi.Device;

/** Holds what a device says of its memory against what it must say. */
final class Ledger {
    private final Device device;
    private final Comparison comparison;
    private long expected;

    /** Begins with what the device holds now. */
    Ledger(Device device, Comparison comparison) {
        this.device = device;
        this.comparison = comparison;
        this.expected = device.liveBytes();
    }

    /** After {@code what} the device must hold {@code bytes} more than before. */
    void grows(String what, long bytes) {
        expected += bytes;
        long now = device.liveBytes();
        if (now == expected) comparison.agreed(1);
        else comparison.differs(what + ": the device holds " + now + " bytes, expected " + expected);
    }

    /** After {@code what} the device must hold as much as before. */
    void stays(String what) {
        grows(what, 0);
    }
}
