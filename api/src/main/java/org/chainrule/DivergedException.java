package org.chainrule;

/** Training that leads away from what it seeks: the loss, finite still, is many times that of the first batch. */
public final class DivergedException extends ChainruleException {
    private static final long serialVersionUID = 1L;

    public DivergedException(String message) {
        super(message);
    }

    public DivergedException(String message, Throwable cause) {
        super(message, cause);
    }
}
