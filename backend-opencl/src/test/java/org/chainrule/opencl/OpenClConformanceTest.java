package org.chainrule.opencl;

import org.chainrule.harness.BackendConformance;

/** The suite on the first OpenCL device of this machine. */
class OpenClConformanceTest extends BackendConformance {
    OpenClConformanceTest() {
        super("opencl");
    }
}
