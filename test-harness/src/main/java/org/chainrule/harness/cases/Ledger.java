package org.chainrule.harness.cases;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import org.chainrule.Tensor;
import org.chainrule.harness.Comparison;
import org.chainrule.spi.Device;

/**
 * Holds what a device says of its memory against what it must say. Tensors that nothing refers to give their memory back at
 * a time of the garbage collector's choosing, so those that are to count are {@linkplain #keep kept}.
 */
final class Ledger {
    private final Device device;
    private final Comparison comparison;
    private final List<Tensor> kept = new ArrayList<>();
    private long expected;

    /** Begins with what the device holds now. */
    Ledger(Device device, Comparison comparison) {
        this.device = device;
        this.comparison = comparison;
        this.expected = device.liveBytes();
    }

    /** {@code t}, which stays reachable as long as this does. */
    Tensor keep(Tensor t) {
        kept.add(t);
        return t;
    }

    /** After {@code what} the device must hold {@code bytes} more than before. */
    void grows(String what, long bytes) {
        expected += bytes;
        try {
            long now = device.liveBytes();
            if (now == expected) comparison.agreed(1);
            else comparison.differs(what + ": the device holds " + now + " bytes, expected " + expected);
        } finally {
            Reference.reachabilityFence(kept);
        }
    }

    /** After {@code what} the device must hold as much as before. */
    void stays(String what) {
        grows(what, 0);
    }
}
