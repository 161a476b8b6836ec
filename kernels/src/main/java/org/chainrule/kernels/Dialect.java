package org.chainrule.kernels;

import java.util.List;
import java.util.stream.Collectors;
import org.chainrule.io.Resource;

/** The languages that sources are compiled as; what differs between them stands in their preludes. */
public enum Dialect {
    /** OpenCL C 1.2. */
    OPENCL("opencl.h", "cl"),
    /** CUDA C++. */
    CUDA("cuda.h", "cu");

    private static final Functions FUNCTIONS = new Functions(Resource.text(Dialect.class, "functions.c"));

    private final String prelude, extension;

    Dialect(String prelude, String extension) {
        this.prelude = Resource.text(Dialect.class, prelude);
        this.extension = extension;
    }

    /** Of the names of files in it. */
    String extension() {
        return extension;
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
}
