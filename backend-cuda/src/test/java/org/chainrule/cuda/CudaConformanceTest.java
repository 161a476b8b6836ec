package org.chainrule.cuda;

import org.chainrule.harness.BackendConformance;
import org.chainrule.harness.Case;
import org.junit.jupiter.api.extension.ExtendWith;

/** The suite on CUDA (emulated), but its one case of more than 2 GiB, which the emulator takes minutes and several times that memory for. */
@ExtendWith(Emulated.class)
class CudaConformanceTest extends BackendConformance {
    CudaConformanceTest() {
        super("cuda", "cuda-emulated", f -> !CudaRecordedResultsTest.FAMILIES.contains(f));
    }

    @Override
    protected boolean includes(Case c) {
        return !c.name().startsWith("large/bytes/");
    }
}
