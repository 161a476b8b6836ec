package org.chainrule.harness.graphs;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.chainrule.Session;
import org.chainrule.UnsupportedOpException;
import org.chainrule.harness.Bench;
import org.chainrule.harness.Comparison;
import org.chainrule.harness.Verdict;
import org.chainrule.harness.device.SentinelDevice;
import org.chainrule.spi.Device;

/**
 * A way of computing graphs on a device or on a wrapper of it.
 *
 * @param wrapped the device that is computed on
 */
record Trial(Way way, UnaryOperator<Device> wrapped) {
    /** Those of every graph. */
    static final List<Trial> PLAIN =
            List.of(new Trial(Way.FUSED, d -> d), new Trial(Way.ALONE, d -> d), new Trial(Way.STEP, d -> d));
    /** These too between sentinels. */
    static final List<Trial> GUARDED = List.of(PLAIN.get(0), PLAIN.get(1), PLAIN.get(2),
            new Trial(Way.FUSED, SentinelDevice::new), new Trial(Way.STEP, SentinelDevice::new));

    /**
     * What went wrong.
     *
     * @param kind what was thrown, or {@link Comparison} where numbers are wrong
     */
    record Wrong(String what, Class<?> kind) {}

    /** Computes the graph and compares; a device that cannot run it at all says so. */
    Optional<Wrong> run(Bench bench, Way.Expected expected, Comparison to) {
        try (Session s = bench.session(wrapped.apply(bench.device()))) {
            way.compare(expected, s, to);
        } catch (UnsupportedOpException e) {
            throw e;
        } catch (SentinelDevice.Violation e) {
            return Optional.of(new Wrong(e.getMessage(), e.getClass()));
        } catch (RuntimeException e) {
            StackTraceElement[] at = e.getStackTrace();
            return Optional.of(new Wrong(e + (at.length > 0 ? " at " + at[0] : ""), e.getClass()));
        }
        return to.verdict() instanceof Verdict.Fail(String what) ? Optional.of(new Wrong(what, Comparison.class))
                : Optional.empty();
    }
}
