package org.chainrule;

/** Use of a session, device, tensor or buffer after it was closed. */
public final class ClosedException extends ChainruleException {
    private static final long serialVersionUID = 1L;

    public ClosedException(String message) {
        super(message);
    }

    public ClosedException(String message, Throwable cause) {
        super(message, cause);
    }
}
