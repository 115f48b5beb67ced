package dev.fairway.store;

/** A key that was to be created exists already; nothing was written. */
public final class KeyExistsException extends StoreException {

    private final String key;

    public KeyExistsException(String key) {
        super("key " + key + " exists");
        this.key = key;
    }

    public String key() {
        return key;
    }
}
