package org.chainrule.opencl;

import java.util.Set;
import org.chainrule.harness.BackendConformance;
import org.junit.jupiter.api.extension.ExtendWith;

/** The families of the suite that compare with recorded results, and random graphs: half of what there is to compile. */
@ExtendWith(CleanCompilation.class)
class OpenClRecordedResultsTest extends BackendConformance {
    static final Set<String> FAMILIES = Set.of("golden", "onnx", "training", "graphs");

    OpenClRecordedResultsTest() {
        super("opencl", "opencl-recorded", FAMILIES::contains);
    }
}
