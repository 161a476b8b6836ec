package org.chainrule.kernels;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

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
     * The translation unit for {@code sources}, whose entries differ: the prelude, the functions that they call and themselves.
     *
     * @param hasDoubles whether the device computes in double precision, in which rare float arguments are then reduced too
     */
    public String complete(List<Source> sources, boolean hasDoubles) {
        String texts = sources.stream().map(Source::text).collect(Collectors.joining("\n"));
        return prelude + "#define WIDE " + (hasDoubles ? "f64" : "f32") + "\n\n" + FUNCTIONS.calledBy(texts) + texts;
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
