package org.chainrule.cuda;

import org.chainrule.harness.BackendConformance;
import org.junit.jupiter.api.extension.ExtendWith;

/** The suite on CUDA (emulated). */
@ExtendWith(Emulated.class)
class CudaConformanceTest extends BackendConformance {
    CudaConformanceTest() {
        super("cuda", "cuda-emulated", f -> !CudaRecordedResultsTest.FAMILIES.contains(f));
    }
}
