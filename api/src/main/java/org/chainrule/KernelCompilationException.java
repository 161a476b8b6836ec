package org.chainrule;

/** A kernel that did not compile; names the op and carries the log and the numbered source. */
public final class KernelCompilationException extends ChainruleException {
    private static final long serialVersionUID = 1L;

    public KernelCompilationException(String message) {
        super(message);
    }

    public KernelCompilationException(String message, Throwable cause) {
        super(message, cause);
    }
}
