package org.chainrule;

/** An op or dtype that the chosen device cannot run; names both. */
public final class UnsupportedOpException extends ChainruleException {
    private static final long serialVersionUID = 1L;

    public UnsupportedOpException(String message) {
        super(message);
    }

    public UnsupportedOpException(String message, Throwable cause) {
        super(message, cause);
    }
}
