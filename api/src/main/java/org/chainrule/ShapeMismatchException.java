package org.chainrule;

/** Shapes that an op cannot combine; names the op and every shape. */
public final class ShapeMismatchException extends ChainruleException {
    private static final long serialVersionUID = 1L;

    public ShapeMismatchException(String message) {
        super(message);
    }

    public ShapeMismatchException(String message, Throwable cause) {
        super(message, cause);
    }
}
