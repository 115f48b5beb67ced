package dev.fairway.proxy.model;

/** An object that no rules can be made from; all others go on. */
public final class RejectedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Rejection rejection;

    public RejectedException(Rejection rejection) {
        super(rejection.toString());
        this.rejection = rejection;
    }

    public Rejection rejection() {
        return rejection;
    }
}
