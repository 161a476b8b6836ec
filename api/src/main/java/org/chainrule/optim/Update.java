package org.chainrule.optim;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongToDoubleFunction;
import org.chainrule.DType;
import org.chainrule.Session;
import org.chainrule.Tensor;
import org.chainrule.nn.Parameter;

/**
 * One parameter in one minimization.
 *
 * @param value    its value before the update, in an arithmetic dtype
 * @param gradient clipped, of the value's shape and dtype
 * @param kept     takes what is to be assigned with the parameters' new values
 */
record Update(Optimizer<?> optimizer, Parameter parameter, Tensor value, Tensor gradient, Scalars scalars,
        Map<Tensor, Tensor> kept) {
    /** Numbers that the host computes in double precision for each run; each is one scalar for all parameters. */
    static final class Scalars {
        private record Key(String name, DType dtype) {}

        private final Session session;
        private final Clock clock;
        private final Map<Key, Tensor> made = new HashMap<>();

        Scalars(Session session, Clock clock) {
            this.session = session;
            this.clock = clock;
        }

        /** {@code value} of the number of the running step, from 0. */
        Tensor of(String name, DType dtype, LongToDoubleFunction value) {
            return made.computeIfAbsent(new Key(name, dtype), _ -> session.hostScalar(dtype, clock.scalar(value)));
        }
    }

    /** What the optimizer keeps for this parameter under {@code name}, {@code first} everywhere at the start. */
    Tensor slot(String name, double first) {
        return optimizer.slot(parameter, name, first);
    }

    /**
     * Keeps {@code next} in place of {@code slot}, 0 where it is below the least normal number; returns that. What decays without a gradient would
     * end at the least subnormal number and stay there, for nine tenths of that are rounded to it; processors take a hundred times as long for those.
     */
    Tensor keep(Tensor slot, Tensor next) {
        Tensor normal = above(leastNormal(next.dtype()), next);
        kept.put(slot, normal);
        return normal;
    }

    /** The gradient's squares, 0 where they are below the least normal number. */
    static Tensor squares(Tensor gradient) {
        return above(Math.sqrt(leastNormal(gradient.dtype())), gradient).square();
    }

    private static Tensor above(double least, Tensor x) {
        return x.abs().lt(least).where(0, x);
    }

    private static double leastNormal(DType dtype) {
        return dtype == DType.F64 ? Double.MIN_NORMAL : Float.MIN_NORMAL;
    }

    /** {@code slot · decay + in · (1 - decay)}, kept. */
    Tensor average(Tensor slot, double decay, Tensor in) {
        return keep(slot, slot.times(decay).plus(in.times(1 - decay)));
    }

    Tensor scalar(String name, LongToDoubleFunction value) {
        return scalars.of(name, value().dtype(), value);
    }

    /** The learning rate. */
    Tensor rate() {
        return scalar("rate", optimizer.rate());
    }

    /** The gradient with {@code decay · value} added. */
    Tensor decayed(double decay) {
        return decay == 0 ? gradient : gradient.plus(value.times(decay));
    }
}
