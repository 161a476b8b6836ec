package org.chainrule.cpu;

import java.util.List;
import org.chainrule.spi.Backend;
import org.chainrule.spi.Device;

/** The cores of this machine, with the Vector API where the virtual machine has it. */
public final class CpuBackend implements Backend {
    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public Availability probe() {
        int cores = Runtime.getRuntime().availableProcessors();
        return new Availability.Ready(List.of(
                new DeviceInfo("CPU, " + cores + (cores == 1 ? " core" : " cores"), Lanes.best().description(), 0)));
    }

    @Override
    public Device open(int index) {
        return new CpuDevice(Threads.configured());
    }
}
