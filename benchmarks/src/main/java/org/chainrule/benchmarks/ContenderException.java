package org.chainrule.benchmarks;

/** A contender does not do some work, or ended, hung or spoke nonsense; the message says which, for the table. */
final class ContenderException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ContenderException(String message) {
        super(message);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
