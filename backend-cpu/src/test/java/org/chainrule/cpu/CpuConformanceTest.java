package org.chainrule.cpu;

import org.chainrule.harness.BackendConformance;

class CpuConformanceTest extends BackendConformance {
    CpuConformanceTest() {
        super("cpu");
    }
}
