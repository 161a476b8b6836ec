package org.chainrule.cuda;

import static jcuda.driver.JCudaDriver.*;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream_flags;
import org.chainrule.BackendUnavailableException;
import org.chainrule.ChainruleException;
import org.chainrule.kernels.CommandQueue;
import org.chainrule.kernels.DeviceFunction;
import org.chainrule.kernels.LibraryProduct;
import org.chainrule.kernels.Replay;
import org.chainrule.plan.Kernel;
import org.chainrule.spi.Trace;
import org.chainrule.spi.Trace.Activity;
import org.chainrule.spi.Trace.Kind;

/**
 * A stream of a device's primary context, which other libraries share. The driver acts on the context that is current on a thread, so each call makes its own
 * current first.
 */
final class CudaQueue implements CommandQueue {
    private static final System.Logger LOG = System.getLogger(CudaQueue.class.getName());

    /** Bytes that are read at a time. */
    private static final long LANDING = 1 << 20;

    private final CudaHardware hardware;
    private final CUdevice id;
    private final CUcontext context = new CUcontext();
    private final Address.Stream stream = new Address.Stream();
    private final List<Address.OnHost> pinned = new ArrayList<>();
    private final Uploads uploads = new Uploads(this);
    private final Optional<CudaEvents> events;
    /** Pinned memory through which results come. */
    private final MemorySegment landing;
    private Optional<Cublas> cublas = Optional.empty();
    /** The kernel that was queued last: what a driver finds out late is about it, or about one before it. */
    private Kernel.Label last = Activity.UPLOADED;

    CudaQueue(CudaHardware hardware, Optional<Trace> trace) {
        this.hardware = hardware;
        this.id = hardware.handle();
        checkOpened(cuDevicePrimaryCtxRetain(context, id), "opening the device");
        int status = cuCtxSetCurrent(context);
        if (status == CUresult.CUDA_SUCCESS) status = cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING);
        if (status != CUresult.CUDA_SUCCESS) cuDevicePrimaryCtxRelease(id);
        checkOpened(status, "opening its queue");
        boolean works = false;
        try {
            events = trace.map(t -> new CudaEvents(t, this));
            landing = pinned(LANDING);
            works = true;
        } finally {
            if (!works) end();
        }
    }

    private void checkOpened(int status, String doing) {
        if (status != CUresult.CUDA_SUCCESS) throw new BackendUnavailableException(device() + ": " + doing
                + " failed with " + Cuda.name(status)
                + ". Other programs may hold it: end them (nvidia-smi lists them), or use another device or --backend cpu");
    }

    /** The device's name in messages. */
    String device() {
        return hardware.name();
    }

    Address.Stream stream() {
        return stream;
    }

    /** Has the driver act on this device. */
    void enter() {
        check(cuCtxSetCurrent(context), "turning to it");
    }

    private void check(int status, String doing) {
        Cuda.check(status, device(), doing);
    }

    /** Throws where {@code status} is an error of waiting for what was queued. */
    private void checkWaited(int status, String doing) {
        check(status, doing + ", with " + last + " queued last,");
    }

    /** Tells that a command is about to be queued. */
    void asks() {
        if (events.isPresent()) events.get().asks();
    }

    /** Tells that it was. */
    void queued(Kind kind, Kernel.Label label, long bytes) {
        if (events.isPresent()) events.get().queued(kind, label, bytes);
    }

    /** Tells that a kernel was queued. */
    void started(Kernel.Label label) {
        last = label;
    }

    private void waited() {
        events.ifPresent(CudaEvents::waited);
    }

    @Override
    public long take(long bytes) {
        enter();
        Address.OnDevice memory = new Address.OnDevice();
        int status = cuMemAlloc(memory, bytes);
        if (status == CUresult.CUDA_ERROR_OUT_OF_MEMORY) return 0;
        check(status, "taking " + bytes + " bytes of it");
        return memory.value();
    }

    /** Where the device is lost its memory is too, so an error says nothing new. */
    @Override
    public void release(long memory) {
        if (memory == 0) return;
        enterAnyway();
        try {
            // what waits may be on its way there
            uploads.flush();
        } catch (ChainruleException lost) {
            LOG.log(System.Logger.Level.DEBUG, "memory is released to which nothing can be copied any more", lost);
        }
        cuMemFree(new Address.OnDevice(memory));
    }

    private void enterAnyway() {
        cuCtxSetCurrent(context);
    }

    @Override
    public MemorySegment pinned(long bytes) {
        enter();
        Address.OnHost memory = new Address.OnHost();
        check(cuMemHostAlloc(memory, bytes, 0), "pinning " + bytes + " bytes of the host's memory");
        pinned.add(memory);
        return MemorySegment.ofAddress(memory.value()).reinterpret(bytes);
    }

    @Override
    public void write(MemorySegment pinned, long at, long memory, long offset, long bytes) {
        enter();
        uploads.add(pinned, at, memory + offset, bytes);
    }

    /** Queues a copy from pinned memory. */
    void copyToDevice(MemorySegment pinned, long at, long to, long bytes) {
        asks();
        check(cuMemcpyHtoDAsync(new Address.OnDevice(to), Address.OnHost.of(pinned, at), bytes, stream),
                "copying to it");
        queued(Kind.UPLOAD, Activity.UPLOADED, bytes);
    }

    /** Queues a copy from its memory to its memory. */
    void copyOnDevice(long from, long to, long bytes) {
        check(cuMemcpyDtoDAsync(new Address.OnDevice(to), new Address.OnDevice(from), bytes, stream),
                "copying on it");
    }

    @Override
    public void read(long memory, MemorySegment to, long bytes, boolean waits) {
        enter();
        uploads.flush();
        if (!waits) {
            copyToHost(memory, to, bytes);
            return;
        }
        // the host's other memory the driver would pin for the time of a copy, which takes longer
        for (long done = 0; done < bytes; done += landing.byteSize()) {
            long part = Math.min(bytes - done, landing.byteSize());
            copyToHost(memory + done, landing, part);
            checkWaited(cuStreamSynchronize(stream), "reading results");
            waited();
            MemorySegment.copy(landing, 0, to, done, part);
        }
    }

    private void copyToHost(long memory, MemorySegment to, long bytes) {
        asks();
        checkWaited(cuMemcpyDtoHAsync(Address.OnHost.of(to, 0), new Address.OnDevice(memory), bytes, stream),
                "reading results");
        queued(Kind.DOWNLOAD, Activity.DOWNLOADED, bytes);
    }

    @Override
    public void clear(long memory, long bytes) {
        enter();
        asks();
        check(cuMemsetD8Async(new Address.OnDevice(memory), (byte) 0, bytes, stream), "writing to it");
        queued(Kind.UPLOAD, Activity.UPLOADED, bytes);
        await();
    }

    @Override
    public void await() {
        enter();
        uploads.flush();
        checkWaited(cuStreamSynchronize(stream), "waiting for queued work");
        waited();
    }

    /** Has cuBLAS multiply from now on; whether it is there. */
    boolean startCublas() {
        enter();
        try {
            cublas = Cublas.of(this);
        } catch (ChainruleException e) {
            // the device fails: the next call tells
            LOG.log(System.Logger.Level.DEBUG, "cuBLAS cannot be started", e);
        }
        return cublas.isPresent();
    }

    @Override
    public DeviceFunction product(DeviceFunction.Start<LibraryProduct> start) {
        return new CublasFunction(this, cublas.orElseThrow(), start);
    }

    @Override
    public Replay replay(List<DeviceFunction> functions) {
        Replay each = Replay.oneByOne(functions);
        // a graph hides how long each function takes
        Replay all = events.isPresent() ? each : new Graph(this, functions, each);
        return new Replay() {
            @Override
            public void run() {
                enter();
                uploads.flush();
                all.run();
            }

            @Override
            public void close() {
                enterAnyway();
                all.close();
            }
        };
    }

    @Override
    public void close() {
        enterAnyway();
        cuStreamSynchronize(stream);
        waited();
        events.ifPresent(CudaEvents::close);
        cublas.ifPresent(Cublas::close);
        uploads.close();
        end();
    }

    private void end() {
        pinned.forEach(p -> cuMemFreeHost(p));
        cuStreamDestroy(stream);
        cuDevicePrimaryCtxRelease(id);
    }
}
