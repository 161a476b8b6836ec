package org.chainrule;

/** An argument, option or property with a value that cannot be used; names it and what is allowed. */
public final class InvalidArgumentException extends ChainruleException {
    private static final long serialVersionUID = 1L;

    public InvalidArgumentException(String message) {
        super(message);
    }

    public InvalidArgumentException(String message, Throwable cause) {
        super(message, cause);
    }
}
