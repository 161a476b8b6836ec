package org.chainrule;

/** A device could not give the memory asked for; says how much was asked, what is free and who owns most. */
public final class OutOfDeviceMemoryException extends ChainruleException {
    private static final long serialVersionUID = 1L;

    public OutOfDeviceMemoryException(String message) {
        super(message);
    }

    public OutOfDeviceMemoryException(String message, Throwable cause) {
        super(message, cause);
    }
}
