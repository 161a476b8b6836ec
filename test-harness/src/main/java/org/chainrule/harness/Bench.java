package org.chainrule.harness;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.chainrule.ChainruleException;
import org.chainrule.DType;
import org.chainrule.Session;
import org.chainrule.UnsupportedOpException;
import org.chainrule.harness.device.DeviceFilter;
import org.chainrule.spi.Device;

/** What one case works with: sessions on the device under test and random numbers of its own. */
public final class Bench {
    private final Target target;
    private final Case subject;
    private final long seed;
    private final List<Session> sessions = new ArrayList<>();

    private Bench(Target target, Case subject, long seed) {
        this.target = target;
        this.subject = subject;
        this.seed = seed;
    }

    /**
     * Runs a case. What it leaves open is closed; then the device must hold no memory, or the case fails. An error that is not
     * ours fails it too, and costs the device.
     */
    static Result run(Case subject, Target target, long seed) {
        long start = System.nanoTime();
        Bench bench = new Bench(target, subject, seed);
        Verdict verdict;
        try {
            verdict = bench.closed(subject.check().run(bench));
        } catch (UnsupportedOpException e) {
            verdict = bench.closed(new Verdict.Unsupported(e.getMessage()));
        } catch (Throwable e) {
            verdict = new Verdict.Fail(text(e));
            bench.abandon();
        }
        return new Result(subject, verdict, (System.nanoTime() - start) * 1e-9);
    }

    private static String text(Throwable e) {
        if (e instanceof ChainruleException) return e.toString();
        StackTraceElement[] trace = e.getStackTrace();
        return e + (trace.length > 0 ? " at " + trace[0] : "");
    }

    /** A session on the device under test; it ends with the case. */
    public Session session() {
        return session(new Shared(target.device()));
    }

    /** A session on a wrapper of {@link #device()}; it ends with the case. */
    public Session session(Device device) {
        Session s = Session.on(target.backend(), device);
        sessions.add(s);
        return s;
    }

    /** The device under test; closing it does nothing. */
    public Device device() {
        return new Shared(target.device());
    }

    /** Ends the case as unsupported where the device has no {@code type}. */
    public void require(DType type) {
        if (!target.dtypes().contains(type)) throw new UnsupportedOpException("the device has no " + type);
    }

    public Target target() {
        return target;
    }

    /** Random numbers that depend on the run's seed and the case alone. */
    public SplittableRandom random() {
        return random("");
    }

    /** Further random numbers, told apart by {@code purpose}. */
    public SplittableRandom random(String purpose) {
        long h = seed;
        for (char c : (subject.name() + '#' + purpose).toCharArray()) h = (h ^ c) * 0x9E3779B97F4A7C15L + (h >>> 29);
        return new SplittableRandom(h);
    }

    /** The seed of the run. */
    public long seed() {
        return seed;
    }

    private Verdict closed(Verdict verdict) {
        sessions.forEach(Session::close);
        long left = target.device().liveBytes();
        if (left == 0) return verdict;
        target.discard();
        return new Verdict.Fail("after the case the device still holds " + left + " bytes");
    }

    private void abandon() {
        for (Session s : sessions) {
            try {
                s.close();
            } catch (RuntimeException e) {
                System.getLogger(Bench.class.getName()).log(System.Logger.Level.DEBUG, "after a failed case", e);
            }
        }
        target.discard();
    }

    /** The target's device, which outlives the session. */
    private static final class Shared extends DeviceFilter {
        Shared(Device device) {
            super(device);
        }

        @Override
        public void close() {}
    }
}
