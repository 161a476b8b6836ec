package org.chainrule.cpu;

import jdk.incubator.vector.FloatVector;

/** What the Vector API says of the hardware. */
final class PanamaHardware {
    private PanamaHardware() {
    }

    /** The preferred vector width in bits. */
    static int bits() {
        return FloatVector.SPECIES_PREFERRED.vectorBitSize();
    }
}
