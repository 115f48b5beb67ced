package dev.fairway.store;

/** The store could not do what was asked; the subclasses name the reasons that a caller may act upon. */
public class StoreException extends RuntimeException {

    public StoreException(String message) {
        super(message);
    }

    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
