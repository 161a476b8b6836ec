package org.chainrule.kernels;

/**
 * A device function in the portable C that both dialects compile behind their preludes. Two kernels of one structure have equal sources, whatever
 * their shapes, so a source is the key under which a device keeps what it compiled.
 *
 * @param entry the name of the function
 * @param text  its definition; what it calls is added by {@link Dialect#complete}
 */
public record Source(String entry, String text) {
    /** The same under another name, beside others in one translation unit. */
    public Source named(String name) {
        return new Source(name, text.replaceFirst("void " + entry + "\\(", "void " + name + "("));
    }
}
