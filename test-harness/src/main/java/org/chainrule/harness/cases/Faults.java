package org.chainrule.harness.cases;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.chainrule.Session;
import org.chainrule.Tensor;
import org.chainrule.harness.Comparison;
import org.chainrule.spi.Buffer;

/** What must be thrown, and what must work afterwards. */
final class Faults {
    private Faults() {}

    /** {@code action} must throw a {@code type} whose message has each of {@code parts}. */
    static void expect(Comparison c, String what, Class<? extends Throwable> type, Runnable action, String... parts) {
        try {
            action.run();
            c.differs(what + " threw nothing; a " + type.getSimpleName() + " is due");
        } catch (Throwable e) {
            String message = String.valueOf(e.getMessage());
            if (!type.isInstance(e)) c.differs(what + " threw " + e + ", not a " + type.getSimpleName());
            else if (!Arrays.stream(parts).allMatch(message::contains))
                c.differs(what + ": the message \"" + message + "\" does not tell all of " + Arrays.toString(parts));
            else c.agreed(1);
        }
    }

    /** The session must still compute: in one go, and in a step. */
    static void usable(Comparison c, Session session) {
        double[] want = {3, 5, 9};
        Tensor x = session.tensor(1f, 2f, 4f);
        Packed.compare(c, "afterwards", want, x.times(2).plus(1).toDoubles());
        try (org.chainrule.Step step = session.step(() -> x.times(2).plus(1))) {
            Packed.compare(c, "a step afterwards", want, step.run().value(0).toDoubles());
        }
    }

    static MemorySegment zeros(Buffer b) {
        return MemorySegment.ofArray(new byte[b.length() * b.dtype().bytes()]);
    }
}
