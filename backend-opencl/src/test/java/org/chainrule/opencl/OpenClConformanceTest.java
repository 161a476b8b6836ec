package org.chainrule.opencl;

import org.chainrule.harness.BackendConformance;
import org.junit.jupiter.api.extension.ExtendWith;

/** The suite on the first OpenCL device of this machine, but what {@link OpenClRecordedResultsTest} runs beside it. */
@ExtendWith(CleanCompilation.class)
class OpenClConformanceTest extends BackendConformance {
    OpenClConformanceTest() {
        super("opencl", "opencl", f -> !OpenClRecordedResultsTest.FAMILIES.contains(f));
    }
}
