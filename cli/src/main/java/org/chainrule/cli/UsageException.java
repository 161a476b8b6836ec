package org.chainrule.cli;

/** A command line that makes no sense: an option's value, or options that do not go together. */
public final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UsageException(String message) {
        super(message);
    }

    /** Of {@code --option}. */
    public static UsageException of(String option, String what) {
        return new UsageException("--" + option + ": " + what);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
