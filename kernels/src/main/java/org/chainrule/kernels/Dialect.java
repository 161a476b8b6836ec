package org.chainrule.kernels;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The languages that sources are compiled as; what differs between them stands in their preludes. */
public enum Dialect {
    /** OpenCL C 1.2. */
    OPENCL("opencl.h"),
    /** CUDA C++. */
    CUDA("cuda.h");

    private static final Functions FUNCTIONS = new Functions(resource("functions.c"));

    private final String prelude;

    Dialect(String prelude) {
        this.prelude = resource(prelude);
    }

    /**
     * The translation unit for {@code source}: the prelude, the functions that it calls and itself.
     *
     * @param hasDoubles whether the device computes in double precision, in which rare float arguments are then reduced too
     */
    public String complete(Source source, boolean hasDoubles) {
        return prelude + "#define WIDE " + (hasDoubles ? "f64" : "f32") + "\n\n" + FUNCTIONS.calledBy(source.text())
                + source.text();
    }

    /** The text of a file beside this class. */
    static String resource(String name) {
        try (InputStream in = Dialect.class.getResourceAsStream(name)) {
            if (in == null) throw new IllegalStateException("the jar of chainrule-kernels lacks " + name);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
