package org.chainrule.cpu;

import java.util.Optional;

/** Looks once for the Vector API module; nothing here or behind it is linked without the module. */
final class PanamaProvider {
    private static final boolean PRESENT = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();

    private PanamaProvider() {
    }

    static Optional<Lanes> lanes() {
        return Optional.empty();
    }
}
