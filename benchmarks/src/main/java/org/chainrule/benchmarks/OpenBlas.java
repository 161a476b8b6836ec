package org.chainrule.benchmarks;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The product by OpenBLAS: the library that {@code -Dopenblas=FILE} names, or the system's (Debian: libopenblas0-pthread). A version older than the
 * processor takes slow kernels for it, so its name says which it took.
 */
final class OpenBlas implements Contestant {
    /** Names the library's file. */
    static final String PROPERTY = "openblas";

    private final Product p;
    private final Arena arena = Arena.ofShared();
    private final MethodHandle sgemm;
    private final MemorySegment a, b, c;
    private final String name;

    OpenBlas(Product p, int threads) {
        this.p = p;
        Foreign library = new Foreign(library(), arena);
        sgemm = library.function("cblas_sgemm",
                FunctionDescriptor.ofVoid(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_FLOAT,
                        ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_FLOAT, ADDRESS, JAVA_INT));
        library.call("openblas_set_num_threads", FunctionDescriptor.ofVoid(JAVA_INT), threads);
        MemorySegment core =
                (MemorySegment) library.call("openblas_get_corename", FunctionDescriptor.of(ADDRESS));
        name = "openblas/" + core.reinterpret(Long.MAX_VALUE).getString(0);
        a = Cblas.matrix(arena, p.rows(), p.depth());
        b = Cblas.matrix(arena, p.depth(), p.columns());
        c = Cblas.matrix(arena, p.rows(), p.columns());
    }

    /** The library's file. */
    static String library() {
        return System.getProperty(PROPERTY, "libopenblas.so.0");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void run(int runs) {
        int left = Cblas.transposition(p.aTransposed()), right = Cblas.transposition(p.bTransposed());
        Foreign.run(() -> {
            for (int i = 0; i < runs; i++) sgemm.invokeExact(Cblas.ROW_MAJOR, left, right, p.rows(), p.columns(),
                    p.depth(), 1f, a, p.aRow(), b, p.bRow(), 0f, c, p.columns());
        });
    }

    @Override
    public void close() {
        arena.close();
    }
}
