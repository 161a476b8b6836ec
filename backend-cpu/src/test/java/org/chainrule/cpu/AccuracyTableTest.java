package org.chainrule.cpu;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.chainrule.Session;
import org.chainrule.expr.Ops;
import org.chainrule.expr.Pointwise;
import org.chainrule.harness.Accuracy;
import org.chainrule.harness.Sweep;
import org.junit.jupiter.api.Test;

/**
 * Holds the errors that {@code docs/accuracy.md} lists: none may be exceeded. Writes the table as measured to {@code target/accuracy.md};
 * {@code -Dchainrule.accuracy.elements=1048576} makes it as dense as the documented one.
 */
class AccuracyTableTest {
    private static final int ELEMENTS = Integer.getInteger("chainrule.accuracy.elements", 1 << 13);
    private static final Path DOCUMENTED = Path.of("..", "docs", "accuracy.md");
    private static final Pattern ROW =
            Pattern.compile("\\| `(\\w+)` \\| ([^|]+) \\| ([\\d.∞]+|NaN) \\| [^|]* \\| ([\\d.∞]+|NaN) \\|.*");

    /** What is reached by an op on a domain. */
    private record Row(String op, String domain, Accuracy forward, Accuracy gradient) {
        static Row of(Session s, Sweep sweep, String domain) {
            return new Row(sweep.op().name(), domain, sweep.forward(s), sweep.gradient(s));
        }

        String key() {
            return op + " on " + domain;
        }

        @Override
        public String toString() {
            return "| `" + op + "` | " + domain + " | " + text(forward) + " | " + text(gradient) + " |";
        }

        private static String text(Accuracy a) {
            return upwards(a.ulps()) + " | " + (a.ulps() == 0 ? "" : a.where().replaceAll("[\\[\\]]", ""));
        }
    }

    private record Documented(double forward, double gradient) {}

    /** Two decimals that are not less. */
    private static String upwards(double ulps) {
        return Double.isNaN(ulps) ? "NaN" : Double.isInfinite(ulps) ? "∞" : ulps == 0 ? "0"
                : ulps < 1000 ? String.format(Locale.ROOT, "%.2f", Math.ceil(ulps * 100) / 100)
                : String.format(Locale.ROOT, "%.0f", Math.ceil(ulps));
    }

    @Test
    void noErrorExceedsTheDocumentedOne() throws IOException {
        List<Row> rows = Ops.ALL.stream().filter(op -> !op.forward().isPredicate()).flatMap(AccuracyTableTest::rows)
                .toList();
        Files.write(Path.of("target", "accuracy.md"), rows.stream().map(Row::toString).toList());
        Map<String, Documented> documented = Files.readAllLines(DOCUMENTED).stream().map(ROW::matcher)
                .filter(Matcher::matches).collect(Collectors.toMap(m -> m.group(1) + " on " + m.group(2),
                        m -> new Documented(number(m.group(3)), number(m.group(4)))));
        assertAll(rows.stream().map(r -> () -> requireWithin(documented, r)));
    }

    private static void requireWithin(Map<String, Documented> documented, Row r) {
        Documented limit = documented.get(r.key());
        assertTrue(limit != null, () -> DOCUMENTED + " does not list " + r.key());
        assertTrue(isWithin(r.forward.ulps(), limit.forward), () -> r.key() + ": " + r.forward);
        assertTrue(isWithin(r.gradient.ulps(), limit.gradient), () -> r.key() + ": " + r.gradient);
    }

    /** NaN is beyond every number and infinity. */
    private static boolean isWithin(double ulps, double limit) {
        return Double.compare(ulps, limit) <= 0;
    }

    @Test
    void aResultThatIsNoNumberIsBeyondInfinity() {
        assertTrue(isWithin(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY));
        assertFalse(isWithin(Double.NaN, Double.POSITIVE_INFINITY));
    }

    private static Stream<Row> rows(Pointwise op) {
        try (Session s = Session.open("cpu")) {
            SplittableRandom random = new SplittableRandom(7);
            return Stream.of(
                    Row.of(s, Sweep.ofInterval(op, ELEMENTS, random), number(op.lo()) + " … " + number(op.hi())),
                    Row.of(s, Sweep.ofFormat(op, ELEMENTS, random), "format"));
        }
    }

    private static String number(double v) {
        return v == Math.rint(v) ? Long.toString((long) v) : Double.toString(v);
    }

    private static double number(String text) {
        return text.equals("∞") ? Double.POSITIVE_INFINITY : Double.parseDouble(text);
    }
}
