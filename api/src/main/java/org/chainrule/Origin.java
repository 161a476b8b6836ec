package org.chainrule;

import java.util.Set;

/** The line of the caller's code that made a node. */
public record Origin(String className, String method, String file, int line) {
    /** A node that no caller's line made. */
    public static final Origin UNKNOWN = new Origin("", "", "unknown source", 0);

    private static final StackWalker WALKER = StackWalker.getInstance();
    private static final Set<String> LIBRARY = Set.of("org.chainrule", "org.chainrule.expr", "org.chainrule.graph",
            "org.chainrule.plan", "org.chainrule.nn", "org.chainrule.optim", "org.chainrule.train",
            "org.chainrule.data", "org.chainrule.io");

    /** The innermost frame outside the library and the JDK. */
    static Origin here() {
        return WALKER.walk(frames -> frames.filter(f -> !isLibrary(f.getClassName())).findFirst()
                .map(f -> new Origin(f.getClassName(), f.getMethodName(),
                        f.getFileName() == null ? "?" : f.getFileName(), f.getLineNumber()))
                .orElse(UNKNOWN));
    }

    private static boolean isLibrary(String c) {
        int dot = c.lastIndexOf('.');
        return c.startsWith("java.") || c.startsWith("jdk.") || (dot > 0 && LIBRARY.contains(c.substring(0, dot)));
    }

    /** As in a stack trace: {@code com.example.Net.main(Net.java:12)}. */
    @Override
    public String toString() {
        return line == 0 ? file : className + "." + method + "(" + file + ":" + line + ")";
    }
}
