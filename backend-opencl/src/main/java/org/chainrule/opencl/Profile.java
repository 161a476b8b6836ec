package org.chainrule.opencl;

import org.chainrule.plan.Kernel;
import org.chainrule.spi.Trace.Kind;

/** What becomes of the events of queued commands. */
interface Profile {
    /** No command has an event. */
    Profile NONE = new Profile() {
        @Override
        public long properties() {
            return 0;
        }

        @Override
        public long event() {
            return 0;
        }

        @Override
        public void queued(Kind kind, Kernel.Label label, long bytes) {}

        @Override
        public void waited() {}
    };

    /** Those of the queue. */
    long properties();

    /** The address where the next command's event is to be put; asked just before it is queued. 0 asks for none. */
    long event();

    /** Tells that the command was queued. */
    void queued(Kind kind, Kernel.Label label, long bytes);

    /** Tells that all that was queued is done, this very moment. */
    void waited();
}
