package org.chainrule.harness.perf;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.chainrule.OutOfDeviceMemoryException;
import org.chainrule.Session;
import org.chainrule.Step;
import org.chainrule.Tensor;
import org.chainrule.UnsupportedOpException;
import org.chainrule.harness.Target;

/**
 * How fast a device computes, beside two ceilings that are measured on it in the same run.
 *
 * @param copy    the fastest copy: for what is bound by memory
 * @param matmul  the largest matrix product: for what is bound by arithmetic
 * @param timings everything else
 */
public record Performance(Optional<Timing> copy, Optional<Timing> matmul, List<Timing> timings) {
    /** A run that takes this long is large enough. */
    private static final double ENOUGH = 0.025;
    private static final double WARM_UP = 0.3, AT_MOST = 3;
    /** Seconds after which a device runs at its full speed: kernels of the JVM compiled, clocks of a GPU raised. */
    private static final double SETTLING = 5;
    private static final int RUNS = 9;

    public Performance {
        timings = List.copyOf(timings);
    }

    /**
     * Measures on {@code target}.
     *
     * @param op     only workloads of that op, and the ceilings; all where it is empty
     * @param before hears of each before it is measured
     * @param goesOn asked before each
     */
    public static Performance measure(Target target, String op, Consumer<Workload> before, BooleanSupplier goesOn) {
        List<Timing> timings = new ArrayList<>();
        Optional<Timing> copy = Optional.empty(), matmul = Optional.empty();
        settle(target, Workload.LARGEST_MATMUL, goesOn);
        settle(target, Workload.COPY, goesOn);
        for (Workload w : Stream.concat(Stream.of(Workload.COPY, Workload.LARGEST_MATMUL),
                Workload.ALL.stream().filter(w -> op.isEmpty() || w.op().equals(op))).toList()) {
            if (!goesOn.getAsBoolean()) break;
            before.accept(w);
            Optional<Timing> t = timed(target, w);
            if (w == Workload.COPY) copy = t;
            else if (w == Workload.LARGEST_MATMUL) matmul = t;
            else t.ifPresent(timings::add);
        }
        return new Performance(copy, matmul, timings);
    }

    /** Runs {@code w} until the device should be at its full speed. */
    private static void settle(Target target, Workload w, BooleanSupplier goesOn) {
        try (Session session = Session.on(target.backend(), target.another());
                Running running = new Running(session, w.at().apply(0))) {
            for (double spent = 0; spent < SETTLING && goesOn.getAsBoolean();) spent += running.seconds(1);
        } catch (OutOfDeviceMemoryException | UnsupportedOpException e) {
            // measuring it says so
        }
    }

    /** The share of the ceiling that bounds its kind; empty where that was not measured. */
    public Optional<Double> share(Timing t) {
        return switch (t.workload().unit()) {
            case BYTES -> copy.map(c -> t.rate() / c.rate());
            case FLOPS -> matmul.map(c -> t.rate() / c.rate());
        };
    }

    /** At the least scale that takes long enough, or the largest that the device has memory for; empty where it cannot run. */
    private static Optional<Timing> timed(Target target, Workload w) {
        Optional<Timing> last = Optional.empty();
        for (int scale = 0; scale < w.scales(); scale++) {
            try (Session session = Session.on(target.backend(), target.another())) {
                Workload.Sized sized = w.at().apply(scale);
                try (Running running = new Running(session, sized)) {
                    double once = running.leastWarm();
                    boolean isLast = once >= ENOUGH || scale == w.scales() - 1;
                    last = Optional.of(isLast ? running.median(w) : new Timing(w, sized.size(), once, sized.work(), 1));
                    if (isLast) return last;
                }
            } catch (OutOfDeviceMemoryException | UnsupportedOpException e) {
                return last;
            }
        }
        return last;
    }

    /** A recorded step beside a number that is read to wait for it. */
    private static final class Running implements AutoCloseable {
        private final Workload.Sized sized;
        private final Step step;

        Running(Session session, Workload.Sized sized) {
            this.sized = sized;
            Tensor one = session.scalar(1).eval();
            var body = sized.recorded().apply(session);
            step = session.stepOf(() -> {
                List<Tensor> values = new ArrayList<>(List.of(one.plus(1)));
                values.addAll(body.get());
                return values;
            });
        }

        /** Seconds of one of {@code runs} runs. */
        private double seconds(int runs) {
            long start = System.nanoTime();
            for (int i = 0; i < runs; i++) step.run();
            step.item();
            return (System.nanoTime() - start) * 1e-9 / runs;
        }

        /** The least time of the runs of a while, in which code gets compiled. */
        double leastWarm() {
            double least = Double.POSITIVE_INFINITY, spent = 0;
            while (spent < WARM_UP) {
                double once = seconds(1);
                spent += once;
                least = Math.min(least, once);
            }
            return least;
        }

        Timing median(Workload w) {
            double once = leastWarm();
            int together = (int) Math.clamp(ENOUGH / once, 1, 1000);
            List<Double> all = new ArrayList<>();
            for (double spent = 0; all.isEmpty() || all.size() < RUNS && spent < AT_MOST; spent +=
                    all.getLast() * together)
                all.add(seconds(together));
            double median = all.stream().sorted().toList().get(all.size() / 2);
            return new Timing(w, sized.size(), median, sized.work(), all.size());
        }

        @Override
        public void close() {
            step.close();
        }
    }
}
