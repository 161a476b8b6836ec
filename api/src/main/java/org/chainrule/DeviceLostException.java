package org.chainrule;

/** A device that stopped answering. */
public final class DeviceLostException extends ChainruleException {
    private static final long serialVersionUID = 1L;

    public DeviceLostException(String message) {
        super(message);
    }

    public DeviceLostException(String message, Throwable cause) {
        super(message, cause);
    }
}
