package org.chainrule;

/** A backend or device that was asked for and cannot be had; lists every backend with its reason and remedy. */
public final class BackendUnavailableException extends ChainruleException {
    private static final long serialVersionUID = 1L;

    public BackendUnavailableException(String message) {
        super(message);
    }

    public BackendUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
