package org.chainrule.cpu;

import java.util.Optional;
import org.chainrule.harness.BackendConformance;

class CpuConformanceTest extends BackendConformance {
    CpuConformanceTest() {
        super("cpu");
    }

    /** Bits are the same with the Vector API and without, so one ledger holds for both. */
    @Override
    protected Optional<String> ledger() {
        return Optional.of("/conformance/cpu.ulps");
    }
}
