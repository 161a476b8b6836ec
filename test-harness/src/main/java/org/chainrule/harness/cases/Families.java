package org.chainrule.harness.cases;

import java.util.List;
import org.chainrule.harness.Family;
import org.chainrule.harness.Options;
import org.chainrule.harness.graphs.GraphCases;

/** All families of cases, the quick ones first. */
public final class Families {
    private Families() {}

    public static List<Family> all(Options options) {
        return List.of(new PointwiseCases(), new GraphCases(options));
    }
}
