package org.chainrule.harness.cases;

import java.util.List;
import org.chainrule.harness.Family;
import org.chainrule.harness.Options;

/** All families of cases, the quick ones first. */
public final class Families {
    private Families() {}

    public static List<Family> all(Options options) {
        return List.of(new PointwiseCases(), new StorageCases(), new RandomCases(), new SizesCases(), new LargeCases(),
                new LifecycleCases(),
                new TrainingCases(options));
    }
}
