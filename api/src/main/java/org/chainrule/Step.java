package org.chainrule;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.chainrule.graph.Op;

/**
 * A recorded computation, typically forward, backward and update: each run replays one plan over the current values of
 * parameters and data. Running allocates nothing on the device and next to nothing on the Java heap, and does not wait
 * for the device; reading {@link #item()} does.
 */
public final class Step implements AutoCloseable {
    private final Session session;
    private final Run run;
    private final List<Tensor> values = new ArrayList<>();
    private boolean open = true;
    private boolean ran;

    Step(Session session, Run run, List<Tensor> roots) {
        this.session = session;
        this.run = run;
        for (int i = 0; i < roots.size(); i++) {
            Tensor t = roots.get(i), value = new Tensor(session, new Op.Leaf(t.name()), t.shape(), t.dtype());
            value.buffer(run.result(i));
            values.add(value);
        }
    }

    /**
     * Runs once; returns this. Where it throws, some of what it assigns may have been written: it writes in place. (A
     * {@link Session#commit} writes all or nothing.)
     */
    public Step run() {
        session.requireOpen();
        if (!open) throw new ClosedException("the step is closed");
        run.run(true);
        ran = true;
        return this;
    }

    /** The only element of the first value of the last run. */
    public double item() {
        return value(0).item();
    }

    /** Value number {@code i} of the last run; the next run overwrites it. */
    public Tensor value(int i) {
        if (!ran) throw new InvalidArgumentException("the step has not run; call run() first");
        return values.get(i);
    }

    /** What one run consists of. */
    public Size size() {
        return run.size();
    }

    /**
     * What one run of a step consists of.
     *
     * @param kernels  fused kernels of the plan
     * @param launches device functions that are started for them, several where a kernel needs more than one pass; empty on a device that starts none,
     *     as {@code cpu}
     */
    public record Size(int kernels, OptionalInt launches) {}

    /** Gives its memory back. Closing twice does nothing. */
    @Override
    public void close() {
        if (!open) return;
        open = false;
        session.forget(this);
        run.close();
    }
}
