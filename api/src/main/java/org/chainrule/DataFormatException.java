package org.chainrule;

/** A file whose content is not what its format requires; names file, position, what was expected and what was found. */
public final class DataFormatException extends ChainruleException {
    private static final long serialVersionUID = 1L;

    public DataFormatException(String message) {
        super(message);
    }

    public DataFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
