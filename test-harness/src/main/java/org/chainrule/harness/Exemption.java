package org.chainrule.harness;

import java.util.Comparator;

/**
 * A place where an oracle's numbers are known to be wrong and something else was asked for.
 *
 * @param what   the numbers: of which cases, which tensors
 * @param reason what the oracle does there
 */
public record Exemption(String what, String reason) implements Comparable<Exemption> {
    private static final Comparator<Exemption> ORDER =
            Comparator.comparing(Exemption::what).thenComparing(Exemption::reason);

    @Override
    public int compareTo(Exemption o) {
        return ORDER.compare(this, o);
    }
}
