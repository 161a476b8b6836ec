package org.chainrule;

import java.lang.ref.Cleaner;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.chainrule.spi.Buffer;
import org.chainrule.spi.Device;

/** The buffers of a session. Those of tensors that can no longer be reached are given back. */
final class DeviceMemory {
    private static final Cleaner CLEANER = Cleaner.create();

    private final String backend;
    private final Device device;
    private final Set<Buffer> owned = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Queue<Buffer> unreachable = new ConcurrentLinkedQueue<>();

    DeviceMemory(String backend, Device device) {
        this.backend = backend;
        this.device = device;
    }

    Buffer allocate(DType dtype, int length) {
        if (!device.traits().dtypes().contains(dtype)) throw new UnsupportedOpException(
                "backend '" + backend + "' on " + device.name() + " does not support dtype " + dtype);
        Buffer b = device.allocate(dtype, length);
        owned.add(b);
        return b;
    }

    void free(Buffer b) {
        owned.remove(b);
        b.close();
    }

    /** Makes {@code b} the value of {@code t}, to be given back when {@code t} can no longer be reached. */
    void own(Tensor t, Buffer b) {
        t.buffer(b);
        Queue<Buffer> queue = unreachable;
        CLEANER.register(t, () -> queue.add(b));
    }

    /** Gives back the memory of tensors that can no longer be reached. */
    void release() {
        for (Buffer b = unreachable.poll(); b != null; b = unreachable.poll()) if (owned.contains(b)) free(b);
    }

    void freeAll() {
        for (Buffer b : List.copyOf(owned)) free(b);
    }
}
