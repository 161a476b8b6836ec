package org.chainrule;

/** Shapes that an op cannot combine; names the op, every shape and the caller's line. */
public final class ShapeMismatchException extends ChainruleException {
    private static final long serialVersionUID = 1L;

    public ShapeMismatchException(String message) {
        super(message + line());
    }

    public ShapeMismatchException(String message, Throwable cause) {
        super(message + line(), cause);
    }

    private static String line() {
        Origin origin = Origin.here();
        return origin.equals(Origin.UNKNOWN) ? "" : "\n  at " + origin;
    }
}
