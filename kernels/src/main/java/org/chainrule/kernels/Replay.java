package org.chainrule.kernels;

import java.util.List;

/** Queues the functions of a schedule, once for each run. */
public interface Replay extends AutoCloseable {
    /** Queues them all with the arguments set last. */
    void run();

    @Override
    void close();

    /** Queues {@code functions} one by one. */
    static Replay oneByOne(List<? extends DeviceFunction> functions) {
        return new Replay() {
            @Override
            public void run() {
                functions.forEach(DeviceFunction::queue);
            }

            @Override
            public void close() {}
        };
    }
}
