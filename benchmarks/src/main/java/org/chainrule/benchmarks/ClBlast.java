package org.chainrule.benchmarks;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/** The product by CLBlast (Debian: libclblast1) on the first OpenCL device. */
final class ClBlast implements Contestant {
    private static final int ROW_MAJOR = 101, AS_IT_LIES = 111, TRANSPOSED = 112;
    private static final long EVERY_TYPE = 0xFFFFFFFFL, READ_WRITE_COPYING = 1 | 32;

    static final String LIBRARY = "libclblast.so.1";

    private final Product p;
    private final Arena arena = Arena.ofShared();
    private final SymbolLookup opencl = SymbolLookup.libraryLookup("libOpenCL.so.1", arena);
    private final MethodHandle sgemm, finish;
    private final MemorySegment queue, queueAt, a, b, c;

    ClBlast(Product p) {
        this.p = p;
        sgemm = Linker.nativeLinker().downcallHandle(
                SymbolLookup.libraryLookup(LIBRARY, arena).findOrThrow("CLBlastSgemm"),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                        JAVA_FLOAT, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_FLOAT, ADDRESS,
                        JAVA_LONG, JAVA_LONG, ADDRESS, ADDRESS));
        finish = function("clFinish", FunctionDescriptor.of(JAVA_INT, ADDRESS));
        try {
            MemorySegment platform = arena.allocate(ADDRESS), device = arena.allocate(ADDRESS);
            check((int) function("clGetPlatformIDs", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS))
                    .invokeExact(1, platform, MemorySegment.NULL));
            check((int) function("clGetDeviceIDs",
                    FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS))
                    .invokeExact(platform.get(ADDRESS, 0), EVERY_TYPE, 1, device, MemorySegment.NULL));
            MemorySegment context = (MemorySegment) function("clCreateContext",
                    FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS))
                    .invokeExact(MemorySegment.NULL, 1, device, MemorySegment.NULL, MemorySegment.NULL,
                            MemorySegment.NULL);
            queue = (MemorySegment) function("clCreateCommandQueue",
                    FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS))
                    .invokeExact(context, device.get(ADDRESS, 0), 0L, MemorySegment.NULL);
            queueAt = arena.allocateFrom(ADDRESS, queue);
            a = buffer(context, (long) p.rows() * p.depth());
            b = buffer(context, (long) p.depth() * p.columns());
            c = buffer(context, (long) p.rows() * p.columns());
        } catch (Throwable e) {
            throw new IllegalStateException("OpenCL could not be called", e);
        }
    }

    private MethodHandle function(String name, FunctionDescriptor type) {
        return Linker.nativeLinker().downcallHandle(opencl.findOrThrow(name), type);
    }

    private MemorySegment buffer(MemorySegment context, long length) throws Throwable {
        MemorySegment values = OpenBlas.random(arena, length);
        return (MemorySegment) function("clCreateBuffer",
                FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS, ADDRESS))
                .invokeExact(context, READ_WRITE_COPYING, values.byteSize(), values, MemorySegment.NULL);
    }

    private static void check(int code) {
        if (code != 0) throw new IllegalStateException("OpenCL or CLBlast reports " + code);
    }

    @Override
    public String name() {
        return "clblast";
    }

    @Override
    public void run(int runs) {
        try {
            for (int i = 0; i < runs; i++) check((int) sgemm.invokeExact(ROW_MAJOR,
                    p.aTransposed() ? TRANSPOSED : AS_IT_LIES, p.bTransposed() ? TRANSPOSED : AS_IT_LIES,
                    (long) p.rows(), (long) p.columns(), (long) p.depth(), 1f, a, 0L, (long) p.aRow(), b, 0L,
                    (long) p.bRow(), 0f, c, 0L, (long) p.columns(), queueAt, MemorySegment.NULL));
            check((int) finish.invokeExact(queue));
        } catch (Throwable e) {
            throw new IllegalStateException("CLBlast could not be called", e);
        }
    }

    /** The context lives until the program ends: a benchmark makes few. */
    @Override
    public void close() {
        try {
            MethodHandle release = function("clReleaseMemObject", FunctionDescriptor.of(JAVA_INT, ADDRESS));
            for (MemorySegment m : new MemorySegment[] {a, b, c}) check((int) release.invokeExact(m));
        } catch (Throwable e) {
            throw new IllegalStateException("OpenCL could not be called", e);
        }
        arena.close();
    }
}
