package org.chainrule;

/**
 * Anything that Chainrule refuses or could not do. The message says what was wrong, where, and what to do about it.
 * All are unchecked; the family is closed, so a caller may switch over it.
 */
public abstract sealed class ChainruleException extends RuntimeException
        permits ShapeMismatchException, InvalidArgumentException, BackendUnavailableException,
        UnsupportedOpException, OutOfDeviceMemoryException, KernelCompilationException, DeviceLostException,
        DataFormatException, NonFiniteException, DivergedException, ClosedException, StorageException {
    private static final long serialVersionUID = 1L;

    ChainruleException(String message) {
        super(message);
    }

    ChainruleException(String message, Throwable cause) {
        super(message, cause);
    }

    /** What was wrong, where, and what to do about it. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
