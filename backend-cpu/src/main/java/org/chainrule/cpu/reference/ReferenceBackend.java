package org.chainrule.cpu.reference;

import java.util.List;
import org.chainrule.spi.Backend;
import org.chainrule.spi.Device;

/** The backend that the others are held to: float64, scalar, unfused, one thread. */
public final class ReferenceBackend implements Backend {
    @Override
    public String name() {
        return "reference";
    }

    @Override
    public Availability probe() {
        return new Availability.Ready(List.of(new DeviceInfo("reference", "float64, scalar, unfused, one thread", -1)));
    }

    @Override
    public Device open(int index) {
        return new ReferenceDevice();
    }
}
