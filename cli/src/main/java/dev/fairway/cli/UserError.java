package dev.fairway.cli;

/** A failure that the user can mend; its message says how, and prints without a stack trace. */
public final class UserError extends RuntimeException {
    public UserError(String message) {
        super(message);
    }

    public UserError(String message, Throwable cause) {
        super(message, cause);
    }
}
