package org.chainrule.harness.cases;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.chainrule.DType;
import org.chainrule.Shape;
import org.chainrule.harness.View;

/** Parts of the names of cases. */
final class Names {
    private Names() {}

    static String of(View v) {
        return v.name().toLowerCase(Locale.ROOT);
    }

    static String of(DType t) {
        return t.name().toLowerCase(Locale.ROOT);
    }

    /** As {@code 3x1x5}; {@code scalar} for rank 0. */
    static String of(Shape s) {
        return s.rank() == 0 ? "scalar"
                : Arrays.stream(s.dims()).mapToObj(Integer::toString).collect(Collectors.joining("x"));
    }
}
