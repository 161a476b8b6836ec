package org.chainrule.spi;

import org.chainrule.Origin;
import org.chainrule.plan.Kernel;

/** Where a device tells what it did. The reports of one device come from one thread at a time. */
@FunctionalInterface
public interface Trace {
    /** Takes the report of something that is done. */
    void add(Activity activity);

    /** What a device spends time on. */
    enum Kind {
        KERNEL, UPLOAD, DOWNLOAD, COMPILATION
    }

    /**
     * Something that a device did.
     *
     * @param label of the kernel that ran or was compiled, or what is copied
     * @param bytes that were copied; of a kernel {@link org.chainrule.plan.Schedule#traffic}, with each of the launches that it
     *              takes; 0 of a compilation
     * @param start on the clock of {@link System#nanoTime()}
     * @param nanos how many nanoseconds it took
     */
    record Activity(Kind kind, Kernel.Label label, long bytes, long start, long nanos) {
        /** The label of every upload. */
        public static final Kernel.Label UPLOADED = new Kernel.Label("upload", Origin.UNKNOWN);
        /** The label of every download. */
        public static final Kernel.Label DOWNLOADED = new Kernel.Label("download", Origin.UNKNOWN);
    }
}
