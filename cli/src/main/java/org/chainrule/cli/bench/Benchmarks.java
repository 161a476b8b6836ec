package org.chainrule.cli.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.chainrule.cli.Console;
import org.chainrule.cli.Result;
import org.chainrule.cli.UsageException;

/** What the command {@code bench} runs; found by {@code ServiceLoader}, for the program itself does not need it. */
public interface Benchmarks {
    /**
     * What was asked for.
     *
     * @param backend   where Chainrule computes
     * @param peers     the other libraries that take part
     * @param workloads names of work, or of what they begin with; all where there is none
     * @param builds    folders of other builds of Chainrule that take part
     * @param rounds    how often each has a turn
     * @param out       where the files are written
     */
    record Options(String backend, Peers peers, List<String> workloads, List<Path> builds, Optional<Integer> rounds,
            Path out) {
        public Options {
            workloads = List.copyOf(workloads);
            builds = List.copyOf(builds);
        }
    }

    /** Which other libraries take part. */
    sealed interface Peers {
        /** Whether the library of that name does. */
        boolean include(String name);

        /** Those of some names; none where there is no name. */
        record Named(List<String> names) implements Peers {
            public Named {
                names = List.copyOf(names);
            }

            @Override
            public boolean include(String name) {
                return names.contains(name);
            }
        }

        /** All that there are. */
        record All() implements Peers {
            @Override
            public boolean include(String name) {
                return true;
            }
        }
    }

    /**
     * Measures, tells people on {@code console} and writes files.
     *
     * @throws UsageException for work or a library that there is not
     */
    Result run(Options options, Console console);

    /** Measures the parts of kernels on {@code backend}, tells people on {@code console} and writes files to {@code out}. */
    Result kernels(String backend, Path out, Console console);
}
