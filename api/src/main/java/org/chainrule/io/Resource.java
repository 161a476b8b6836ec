package org.chainrule.io;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Texts that come with the classes. */
public final class Resource {
    private Resource() {}

    /**
     * The UTF-8 text of a file beside a class.
     *
     * @throws IllegalStateException where the class came without it: the jar is incomplete
     */
    public static String text(Class<?> beside, String name) {
        try (InputStream in = beside.getResourceAsStream(name)) {
            if (in == null) throw new IllegalStateException("the resource " + name + " beside " + beside.getName()
                    + " is missing from the jar");
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
