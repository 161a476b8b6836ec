package org.chainrule.harness.cases;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.chainrule.Shape;

/** Parts of the names of cases. */
final class Names {
    private Names() {}

    /** As {@code 3x1x5}; {@code scalar} for rank 0. */
    static String of(Shape s) {
        return s.rank() == 0 ? "scalar"
                : Arrays.stream(s.dims()).mapToObj(Integer::toString).collect(Collectors.joining("x"));
    }
}
