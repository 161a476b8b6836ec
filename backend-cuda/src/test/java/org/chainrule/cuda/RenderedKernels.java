package org.chainrule.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.chainrule.Backends;
import org.chainrule.harness.Conformance;
import org.chainrule.harness.Family;
import org.chainrule.harness.Options;
import org.chainrule.harness.Target;
import org.chainrule.harness.cases.Families;
import org.chainrule.harness.cases.StructureCases;
import org.chainrule.kernels.Hardware;
import org.chainrule.kernels.Launch;
import org.chainrule.kernels.Recipes;
import org.chainrule.kernels.Source;
import org.chainrule.kernels.Tuning;
import org.chainrule.plan.Schedule;
import org.chainrule.spi.DeviceFilter;

/** What the suite has rendered for a GPU, while it runs on the CPU. */
final class RenderedKernels {
    /** Small and large: the one divides what the other leaves whole. */
    private static final List<Hardware> KINDS =
            List.of(new Hardware(false, 2, 4, 48 << 10, 1024, false, true, Tuning.none()),
                    new Hardware(false, 132, 4, 48 << 10, 1024, false, true, Tuning.none()));

    private RenderedKernels() {}

    /** The sources of the cases of those names, or below them, in an order of their own. */
    static List<Source> of(List<String> names) {
        return of(names, KINDS);
    }

    /** As rendered for each of {@code kinds}. */
    static List<Source> of(List<String> names, List<Hardware> kinds) {
        Set<String> missing = new TreeSet<>(names);
        Map<String, Source> found = new TreeMap<>();
        Options options = new Options(Options.SEED, "", "", Optional.empty(), Optional.empty(), 0);
        List<Family> families = new ArrayList<>(List.of(new StructureCases()));
        families.addAll(Families.all(options));
        try (Target target = Target.of("cpu", () -> new Recording(found, kinds))) {
            Conformance suite = Conformance.of(target, options, families);
            for (Family f : families) suite.cases(f).forEach(c -> {
                List<String> by = names.stream().filter(n -> (c.name() + "/").startsWith(n + "/")).toList();
                by.forEach(missing::remove);
                if (!by.isEmpty()) suite.run(c);
            });
        }
        if (!missing.isEmpty()) throw new IllegalArgumentException("there are no cases " + missing);
        return List.copyOf(found.values());
    }

    /** A device that computes on the CPU, and tells what would be compiled. */
    private static final class Recording extends DeviceFilter {
        private final Map<String, Source> found;
        private final List<Hardware> kinds;

        Recording(Map<String, Source> found, List<Hardware> kinds) {
            super(Backends.open("cpu").device());
            this.found = found;
            this.kinds = kinds;
        }

        @Override
        public Executable compile(Schedule schedule) {
            for (Hardware h : kinds) schedule.kernels().forEach(k -> Recipes.of(k, h).launches().stream()
                    .map(Launch::source).forEach(s -> found.putIfAbsent(s.entry() + " " + s.text(), s)));
            return super.compile(schedule);
        }
    }
}
