package org.chainrule.nn;

import java.util.Optional;
import org.chainrule.DType;
import org.chainrule.InvalidArgumentException;
import org.chainrule.Rng;
import org.chainrule.Session;
import org.chainrule.Tensor;

/**
 * In training each element becomes 0 with probability {@code p}, and the others are divided by {@code 1 - p}; in
 * evaluation nothing changes. Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov 2014, "Dropout: A Simple Way
 * to Prevent Neural Networks from Overfitting". The masks come from the generator given to {@link #init} or
 * {@link #random}: one stream for each application, so they are the same on every backend.
 */
public final class Dropout extends Block<Dropout> {
    private final double p;
    private Optional<Rng> random = Optional.empty();

    private Dropout(double p) {
        if (!(p >= 0 && p < 1))
            throw new InvalidArgumentException("dropout: probability " + p + " is not within [0, 1)");
        this.p = p;
    }

    /** @param p the probability of becoming 0, within [0, 1) */
    public static Dropout of(double p) {
        return new Dropout(p);
    }

    /** Takes masks from {@code rng}. */
    public Dropout random(Rng rng) {
        random = Optional.of(rng);
        return this;
    }

    @Override
    protected void onInit(Session session, Rng rng, DType dtype) {
        random(rng);
    }

    /** @throws InvalidArgumentException in training where there is no generator yet */
    @Override
    public Tensor apply(Tensor x) {
        if (!isTraining() || p == 0) return x;
        Rng rng = random.orElseThrow(() -> new InvalidArgumentException(
                "dropout has no random generator yet; call init(session, rng) on the network"));
        Tensor dropped = x.session().uniform(rng, x.dtype().arithmetic(), x.shape()).lt(p);
        return dropped.where(0, x.times(1 / (1 - p)));
    }

    @Override
    public String toString() {
        return "Dropout(" + p + ")";
    }
}
