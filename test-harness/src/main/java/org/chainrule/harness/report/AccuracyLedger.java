package org.chainrule.harness.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.chainrule.DType;
import org.chainrule.DataFormatException;
import org.chainrule.harness.ConformanceReport;
import org.chainrule.harness.ConformanceReport.OpLine;
import org.chainrule.harness.ConformanceReport.Worst;
import org.chainrule.harness.Names;

/**
 * The worst error of each op, as a text that is kept under version control: an op that becomes less accurate is seen although it is
 * within its bound. A line is {@code op dtype quantity ulps}; what begins with {@code #} is a comment.
 *
 * <p>Errors of whole runs with the usual seed are comparable: nothing in them is left to chance. Double precision is left out, for
 * the analysis that errors are measured from computes in it too.
 *
 * @param entries ulps by {@code op dtype quantity}, rounded up to two digits, at most two of them behind the point, so that
 *     what the analysis itself rounds does not show
 */
public record AccuracyLedger(SortedMap<String, BigDecimal> entries) {
    private static final BigDecimal UNBOUNDED = BigDecimal.valueOf(Double.MAX_VALUE);
    private static final MathContext DIGITS = new MathContext(2, RoundingMode.UP);
    private static final String HEAD = """
            # The worst error of each op in units in the last place: op dtype quantity ulps, rounded up to two digits.
            # Errors that grow beyond these fail the conformance suite. -Dchainrule.conformance.ledger=write renews this file.
            """;

    public AccuracyLedger {
        entries = new TreeMap<>(entries);
    }

    /** Of what ran. */
    public static AccuracyLedger of(ConformanceReport report) {
        SortedMap<String, BigDecimal> entries = new TreeMap<>();
        for (OpLine line : report.ops()) {
            if (line.subject().dtype().filter(t -> t != DType.F64).isEmpty()) continue;
            for (Worst w : line.worst().values()) entries.put(line.subject().op() + " " + line.subject().type() + " "
                    + Names.of(w.accuracy().quantity()), rounded(w.accuracy().ulps()));
        }
        return new AccuracyLedger(entries);
    }

    /** Reads {@link #text()}. @throws DataFormatException naming the line of {@code source} that is none */
    public static AccuracyLedger parse(String source, String text) {
        SortedMap<String, BigDecimal> entries = new TreeMap<>();
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) continue;
            if (!line.matches("\\S+ \\w+ (forward|gradient) (\\d+(\\.\\d+)?(E\\+?\\d+)?|unbounded)"))
                throw new DataFormatException(source + ", line " + (i + 1)
                        + ": expected 'op dtype forward|gradient ulps', found '" + line + "'");
            int end = line.lastIndexOf(' ');
            String ulps = line.substring(end + 1);
            if (entries.put(line.substring(0, end), ulps.equals("unbounded") ? UNBOUNDED : new BigDecimal(ulps))
                    != null)
                throw new DataFormatException(source + ", line " + (i + 1) + ": a second entry for '"
                        + line.substring(0, end) + "'");
        }
        return new AccuracyLedger(entries);
    }

    /** Up to two digits: 0.4999 is 0.50, 1234 is 1300. */
    static BigDecimal rounded(double ulps) {
        if (Double.isInfinite(ulps)) return UNBOUNDED;
        BigDecimal exact = new BigDecimal(ulps);
        BigDecimal two = ulps < 1 ? exact.setScale(2, RoundingMode.UP) : exact.round(DIGITS);
        return new BigDecimal(two.stripTrailingZeros().toPlainString());
    }

    /** The file. */
    public String text() {
        return HEAD + entries.entrySet().stream().map(e -> e.getKey() + " " + text(e.getValue()) + "\n")
                .collect(Collectors.joining());
    }

    private static String text(BigDecimal ulps) {
        return ulps.compareTo(UNBOUNDED) == 0 ? "unbounded" : ulps.toPlainString();
    }

    /** What of {@code measured} this ledger does not allow, or holds in vain; a line each. Errors that shrank are no difference. */
    public List<String> differences(AccuracyLedger measured) {
        List<String> found = new ArrayList<>();
        for (Map.Entry<String, BigDecimal> e : measured.entries.entrySet()) {
            BigDecimal allowed = entries.get(e.getKey());
            if (allowed == null)
                found.add(e.getKey() + " is not in the ledger; add: " + e.getKey() + " " + text(e.getValue()));
            else if (e.getValue().compareTo(allowed) > 0)
                found.add(e.getKey() + " was " + text(allowed) + " ulps at most and is " + text(e.getValue()));
        }
        for (String key : entries.keySet())
            if (!measured.entries.containsKey(key)) found.add(key + " is in the ledger and was not measured");
        return found;
    }
}
