package org.chainrule.benchmarks;

import java.net.URISyntaxException;
import java.nio.file.Path;
import org.chainrule.cli.UsageException;

/** The folder of sources that this program was built in, where the builds of the contenders lie. */
final class Sources {
    private Sources() {}

    /** Of {@code benchmarks/target/classes} or a jar beside it. */
    static Path folder() {
        try {
            Path built = Path.of(Sources.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            Path target = built.getParent();
            if (target != null && target.endsWith(Path.of("benchmarks", "target")))
                return target.resolve("../..").normalize();
            throw new UsageException("the benchmarks start contenders from a folder of Chainrule's sources; " + built
                    + " does not lie in one");
        } catch (URISyntaxException e) {
            throw new IllegalStateException("where this was loaded from is no place", e);
        }
    }
}
