package org.chainrule.benchmarks;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Random;

/**
 * The product by OpenBLAS: the library that {@code -Dopenblas=FILE} names, or the system's (Debian: libopenblas0-pthread). A version older than the
 * processor takes slow kernels for it, so its name says which it took.
 */
final class OpenBlas implements Contestant {
    private static final int ROW_MAJOR = 101, AS_IT_LIES = 111, TRANSPOSED = 112;

    /** Names the library's file. */
    static final String PROPERTY = "openblas";

    private final Product p;
    private final Arena arena = Arena.ofShared();
    private final MethodHandle sgemm;
    private final MemorySegment a, b, c;
    private final String name;

    OpenBlas(Product p, int threads) {
        this.p = p;
        SymbolLookup library = SymbolLookup.libraryLookup(library(), arena);
        sgemm = Linker.nativeLinker().downcallHandle(library.findOrThrow("cblas_sgemm"),
                FunctionDescriptor.ofVoid(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_FLOAT,
                        ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_FLOAT, ADDRESS, JAVA_INT));
        MethodHandle limit = Linker.nativeLinker().downcallHandle(
                library.findOrThrow("openblas_set_num_threads"), FunctionDescriptor.ofVoid(JAVA_INT));
        try {
            limit.invokeExact(threads);
            MemorySegment core = (MemorySegment) Linker.nativeLinker().downcallHandle(
                    library.findOrThrow("openblas_get_corename"), FunctionDescriptor.of(ADDRESS)).invokeExact();
            name = "openblas/" + core.reinterpret(Long.MAX_VALUE).getString(0);
        } catch (Throwable e) {
            throw new IllegalStateException("OpenBLAS could not be called", e);
        }
        a = random(arena, (long) p.rows() * p.depth());
        b = random(arena, (long) p.depth() * p.columns());
        c = random(arena, (long) p.rows() * p.columns());
    }

    /** The library's file. */
    static String library() {
        return System.getProperty(PROPERTY, "libopenblas.so.0");
    }

    static MemorySegment random(Arena arena, long length) {
        MemorySegment s = arena.allocate(length * Float.BYTES, 64);
        Random r = new Random(length);
        for (long i = 0; i < length; i++) s.setAtIndex(JAVA_FLOAT, i, r.nextFloat() - 0.5f);
        return s;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void run(int runs) {
        try {
            for (int i = 0; i < runs; i++) sgemm.invokeExact(ROW_MAJOR, p.aTransposed() ? TRANSPOSED : AS_IT_LIES,
                    p.bTransposed() ? TRANSPOSED : AS_IT_LIES, p.rows(), p.columns(), p.depth(), 1f, a, p.aRow(), b,
                    p.bRow(), 0f, c, p.columns());
        } catch (Throwable e) {
            throw new IllegalStateException("OpenBLAS could not be called", e);
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
