package org.chainrule.cpu;

import org.chainrule.harness.BackendConformance;

class ReferenceConformanceTest extends BackendConformance {
    ReferenceConformanceTest() {
        super("reference");
    }
}
