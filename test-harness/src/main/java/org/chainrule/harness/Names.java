package org.chainrule.harness;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.chainrule.Shape;

/** Parts of the names of cases. */
public final class Names {
    private Names() {}

    /** As {@code f32} or {@code transposed}. */
    public static String of(Enum<?> e) {
        return e.name().toLowerCase(Locale.ROOT);
    }

    /** As {@code 3x1x5}; {@code scalar} for rank 0. */
    public static String of(Shape s) {
        return s.rank() == 0 ? "scalar"
                : Arrays.stream(s.dims()).mapToObj(Integer::toString).collect(Collectors.joining("x"));
    }
}
