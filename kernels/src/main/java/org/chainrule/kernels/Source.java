package org.chainrule.kernels;

import java.util.regex.Pattern;

/**
 * A device function in the portable C that both dialects compile behind their preludes. Two kernels of one structure have equal sources, whatever
 * their shapes, so a source is the key under which a device keeps what it compiled.
 *
 * @param entry the name of the function
 * @param text  its definition; what it calls is added by {@link Dialect#complete}
 */
public record Source(String entry, String text) {
    private static final Pattern DOUBLE = Pattern.compile("\\bf64|_f64\\b|\\buniform53\\b");

    /** Whether it computes in double precision, if only between whole numbers: not every device does. */
    public boolean needsDoubles() {
        return DOUBLE.matcher(text).find();
    }

    /** The same under another name, beside others in one translation unit. */
    public Source named(String name) {
        return new Source(name, text.replaceFirst("void " + entry + "\\(", "void " + name + "("));
    }
}
