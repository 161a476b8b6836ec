package org.chainrule.cpu;

import java.util.Optional;

/**
 * The one door to the {@code Panama*} classes, which need the module {@code jdk.incubator.vector}. They are used only if the module is there
 * and the hardware has vectors of at least 256 bits.
 */
final class PanamaProvider {
    private static final boolean MODULE = ModuleLayer.boot().findModule("jdk.incubator.vector")
            .map(PanamaProvider.class.getModule()::canRead).orElse(false);

    private PanamaProvider() {
    }

    static Optional<Lanes> lanes() {
        return usable() ? Optional.of(new PanamaLanes()) : Optional.empty();
    }

    static Optional<Tiles> tiles() {
        return usable() ? Optional.of(PanamaHardware.bits() >= 512 ? new PanamaTiles512() : new PanamaTiles256())
                : Optional.empty();
    }

    static boolean usable() {
        return MODULE && PanamaHardware.bits() >= 256;
    }
}
