package org.chainrule;

/** A file that could not be read or written (missing, not permitted, disk full); what was there before is intact. */
public final class StorageException extends ChainruleException {
    private static final long serialVersionUID = 1L;

    public StorageException(String message) {
        super(message);
    }

    public StorageException(String message, Throwable cause) {
        super(message, cause);
    }
}
