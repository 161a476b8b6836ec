package org.chainrule;

import java.util.ArrayList;
import java.util.List;
import org.chainrule.spi.Buffer;

/** What the body of a step leaves while it is recorded. */
final class Recording {
    private final List<Tensor> peeked = new ArrayList<>();
    private Assignments assignments = Assignments.NONE;

    Assignments assignments() {
        return assignments;
    }

    void add(Assignments more) {
        assignments = assignments.with(more);
    }

    /** Notes that the values of {@code tensors} were observed: the step computes them anew in each run. */
    void peeked(List<Tensor> tensors) {
        peeked.addAll(tensors);
    }

    void forgetPeeked(DeviceMemory memory) {
        for (Tensor t : peeked) {
            memory.free(t.buffer());
            t.buffer(Buffer.NONE);
        }
        peeked.clear();
    }
}
