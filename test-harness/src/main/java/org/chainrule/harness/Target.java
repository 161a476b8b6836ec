package org.chainrule.harness;

import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.chainrule.Backends;
import org.chainrule.DType;
import org.chainrule.spi.Device;

/**
 * The device under test. It is opened once and shared by all cases, since opening a GPU takes long; a case that kills
 * it costs a new one.
 */
public final class Target implements AutoCloseable {
    private final String backend;
    private final Supplier<Device> opener;
    private Optional<Device> device = Optional.empty();

    private Target(String backend, Supplier<Device> opener) {
        this.backend = backend;
        this.opener = opener;
    }

    /** The device that {@code spec} names: {@code cpu}, {@code opencl:1}, … Throws BackendUnavailableException. */
    public static Target of(String spec) {
        Backends.Opened first = Backends.open(spec);
        Target t = new Target(first.backend(), () -> Backends.open(spec).device());
        t.device = Optional.of(first.device());
        return t;
    }

    /** A device that is no service: a wrapped or a faulty one. */
    public static Target of(String backend, Supplier<Device> opener) {
        return new Target(backend, opener);
    }

    /** The backend's name. */
    public String backend() {
        return backend;
    }

    /** The device, opened where it is not. */
    public Device device() {
        if (device.isEmpty()) device = Optional.of(opener.get());
        return device.orElseThrow();
    }

    /** A device of one's own, which the caller closes. */
    public Device another() {
        return opener.get();
    }

    /** The float type in which it is held to recorded results. */
    public DType real() {
        return isExact() ? DType.F64 : DType.F32;
    }

    /** Whether it keeps double precision whatever the dtype. */
    public boolean isExact() {
        return isExact(backend);
    }

    /** Whether the devices of {@code backend} keep double precision whatever the dtype. */
    public static boolean isExact(String backend) {
        return backend.equals("reference");
    }

    /** The dtypes that the device declares. */
    public Set<DType> dtypes() {
        return device().traits().dtypes();
    }

    /** Gives up a device that may be in any state; the next case gets another. */
    void discard() {
        Optional<Device> old = device;
        device = Optional.empty();
        old.ifPresent(Device::close);
    }

    @Override
    public void close() {
        device.ifPresent(Device::close);
        device = Optional.empty();
    }
}
