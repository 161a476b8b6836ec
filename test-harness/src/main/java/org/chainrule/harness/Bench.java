package org.chainrule.harness;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.chainrule.ChainruleException;
import org.chainrule.DType;
import org.chainrule.Session;
import org.chainrule.UnsupportedOpException;
import org.chainrule.spi.Device;
import org.chainrule.spi.DeviceFilter;

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
        boolean sound = true;
        try {
            verdict = subject.check().run(bench);
        } catch (UnsupportedOpException e) {
            verdict = new Verdict.Unsupported(e.getMessage());
        } catch (Throwable e) {
            verdict = new Verdict.Fail(text(e));
            sound = false;
        }
        return new Result(subject, after(verdict, bench.close(sound)), (System.nanoTime() - start) * 1e-9);
    }

    /** The verdict where clearing up went wrong too: nothing of either is lost. */
    private static Verdict after(Verdict verdict, List<String> wrong) {
        if (wrong.isEmpty()) return verdict;
        String also = String.join("; ", wrong);
        return new Verdict.Fail(switch (verdict) {
            case Verdict.Pass _ -> also;
            case Verdict.Fail(String what) -> what + "; " + also;
            case Verdict.Vacuous(String reason) -> reason + "; " + also;
            case Verdict.Unsupported(String reason) -> reason + "; " + also;
        });
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

    /** Closes what the case left open and tells what went wrong. A device that is not sound, or holds memory then, is given up. */
    private List<String> close(boolean sound) {
        List<String> wrong = new ArrayList<>();
        for (Session s : sessions) attempt("closing a session", s::close, wrong);
        if (sound && wrong.isEmpty()) attempt("asking what the device holds", () -> {
            long left = target.device().liveBytes();
            if (left != 0) wrong.add("after the case the device still holds " + left + " bytes");
        }, wrong);
        if (!sound || !wrong.isEmpty()) attempt("closing the device", target::discard, wrong);
        return wrong;
    }

    private static void attempt(String what, Runnable action, List<String> wrong) {
        try {
            action.run();
        } catch (Throwable e) {
            wrong.add(what + ": " + text(e));
        }
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
