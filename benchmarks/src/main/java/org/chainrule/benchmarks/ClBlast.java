package org.chainrule.benchmarks;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The product by CLBlast (Debian: libclblast1) on the first device of the first platform, which its name tells. */
final class ClBlast implements Contestant {
    static final String LIBRARY = "libclblast.so.1";
    private static final long EVERY_TYPE = 0xFFFFFFFFL, READ_WRITE_COPYING = 1 | 32;
    private static final int DEVICE_NAME = 0x102B, NAME_AT_MOST = 256;

    private final Product p;
    private final Arena arena = Arena.ofShared();
    private final Foreign opencl = new Foreign("libOpenCL.so.1", arena);
    private final MethodHandle sgemm, finish;
    private final MemorySegment context, queue, queueAt, a, b, c;
    private final String name;

    ClBlast(Product p) {
        this.p = p;
        sgemm = new Foreign(LIBRARY, arena).function("CLBlastSgemm",
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                        JAVA_FLOAT, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_FLOAT, ADDRESS,
                        JAVA_LONG, JAVA_LONG, ADDRESS, ADDRESS));
        finish = opencl.function("clFinish", FunctionDescriptor.of(JAVA_INT, ADDRESS));
        MemorySegment found = arena.allocate(ADDRESS), title = arena.allocate(NAME_AT_MOST), none = MemorySegment.NULL;
        check(opencl.call("clGetPlatformIDs", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS), 1, found,
                none));
        check(opencl.call("clGetDeviceIDs",
                FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS),
                found.get(ADDRESS, 0), EVERY_TYPE, 1, found, none));
        MemorySegment device = found.get(ADDRESS, 0);
        check(opencl.call("clGetDeviceInfo",
                FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG, ADDRESS, ADDRESS), device, DEVICE_NAME,
                (long) NAME_AT_MOST, title, none));
        name = "clblast/" + title.getString(0);
        context = (MemorySegment) opencl.call("clCreateContext",
                FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS), none, 1, found,
                none, none, none);
        queue = (MemorySegment) opencl.call("clCreateCommandQueue",
                FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS), context, device, 0L, none);
        queueAt = arena.allocateFrom(ADDRESS, queue);
        a = buffer(p.rows(), p.depth());
        b = buffer(p.depth(), p.columns());
        c = buffer(p.rows(), p.columns());
    }

    private MemorySegment buffer(int rows, int columns) {
        MemorySegment values = Cblas.matrix(arena, rows, columns);
        return (MemorySegment) opencl.call("clCreateBuffer",
                FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS, ADDRESS), context,
                READ_WRITE_COPYING, values.byteSize(), values, MemorySegment.NULL);
    }

    private static void check(Object code) {
        if (!code.equals(0)) throw new IllegalStateException("OpenCL or CLBlast reports " + code);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void run(int runs) {
        int left = Cblas.transposition(p.aTransposed()), right = Cblas.transposition(p.bTransposed());
        Foreign.run(() -> {
            for (int i = 0; i < runs; i++) check((int) sgemm.invokeExact(Cblas.ROW_MAJOR, left, right,
                    (long) p.rows(), (long) p.columns(), (long) p.depth(), 1f, a, 0L, (long) p.aRow(), b, 0L,
                    (long) p.bRow(), 0f, c, 0L, (long) p.columns(), queueAt, MemorySegment.NULL));
            check((int) finish.invokeExact(queue));
        });
    }

    @Override
    public void close() {
        for (MemorySegment m : new MemorySegment[] {a, b, c}) release("clReleaseMemObject", m);
        release("clReleaseCommandQueue", queue);
        release("clReleaseContext", context);
        arena.close();
    }

    private void release(String function, MemorySegment object) {
        check(opencl.call(function, FunctionDescriptor.of(JAVA_INT, ADDRESS), object));
    }
}
