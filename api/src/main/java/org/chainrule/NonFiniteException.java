package org.chainrule;

/** A NaN or an infinity where a finite number is required; names the op and the line that made it, or the place in the data. */
public final class NonFiniteException extends ChainruleException {
    private static final long serialVersionUID = 1L;

    public NonFiniteException(String message) {
        super(message);
    }

    public NonFiniteException(String message, Throwable cause) {
        super(message, cause);
    }
}
