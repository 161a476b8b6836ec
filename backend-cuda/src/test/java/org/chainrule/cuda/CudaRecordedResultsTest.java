package org.chainrule.cuda;

import java.util.Set;
import org.chainrule.harness.BackendConformance;
import org.junit.jupiter.api.extension.ExtendWith;

/** The families of the suite that compare with recorded results, and random graphs, on CUDA (emulated). */
@ExtendWith(Emulated.class)
class CudaRecordedResultsTest extends BackendConformance {
    static final Set<String> FAMILIES = Set.of("golden", "onnx", "training", "graphs");

    CudaRecordedResultsTest() {
        super("cuda", "cuda-emulated-recorded", FAMILIES::contains);
    }
}
