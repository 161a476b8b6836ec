package org.chainrule.cli;

import java.util.List;
import org.chainrule.Backends;
import org.chainrule.spi.Backend;
import org.chainrule.spi.Backend.Availability;

/** A backend and what it says of itself. */
record Probe(Backend backend, Availability availability) {
    static List<Probe> all() {
        return Backends.all().stream().map(Probe::of).toList();
    }

    /** A probe must not throw; a backend of a third party whose probe does must not keep the others from being listed. */
    static Probe of(Backend backend) {
        try {
            return new Probe(backend, backend.probe());
        } catch (RuntimeException | LinkageError e) {
            return new Probe(backend,
                    new Availability.Missing("its probe failed with " + e, "report it to the backend's authors"));
        }
    }
}
