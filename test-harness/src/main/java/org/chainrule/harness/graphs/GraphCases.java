package org.chainrule.harness.graphs;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.chainrule.DType;
import org.chainrule.harness.Case;
import org.chainrule.harness.Family;
import org.chainrule.harness.Options;
import org.chainrule.harness.Oracle;
import org.chainrule.harness.Target;

/** Random graphs, which prove planner, fusion, reuse of memory and updates in place. */
public final class GraphCases implements Family {
    /** One graph of so many runs between sentinels too, where each kernel is a schedule of its own. */
    private static final int GUARDED = 8;

    private final Options options;

    public GraphCases(Options options) {
        this.options = options;
    }

    @Override
    public String name() {
        return "graphs";
    }

    @Override
    public Stream<Case> cases(Target target) {
        // what reference keeps in double precision would not survive being read and written back as float32
        boolean isGuarded = target.real() == DType.F32;
        String one = options.name().matches(name() + "/\\d{1,9}") ? options.name().substring(name().length() + 1) : "";
        return (one.isEmpty() ? IntStream.range(0, options.graphs()) : IntStream.of(Integer.parseInt(one)))
                .mapToObj(i -> new Case(name() + "/" + i, "graph", Oracle.GRAPHS,
                        new GraphCheck(i % GUARDED == 0 && isGuarded ? Trial.GUARDED : Trial.PLAIN)));
    }
}
