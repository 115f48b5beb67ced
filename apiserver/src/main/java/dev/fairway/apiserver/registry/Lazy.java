package dev.fairway.apiserver.registry;

import java.util.Objects;
import java.util.function.Supplier;

/** A value made on first use, once. */
final class Lazy<T> implements Supplier<T> {
    private Supplier<T> factory;
    private volatile T value;

    private Lazy(Supplier<T> factory) {
        this.factory = factory;
    }

    static <T> Supplier<T> of(Supplier<T> factory) {
        return new Lazy<>(factory);
    }

    @Override
    public T get() {
        T known = value;
        if (known == null) {
            synchronized (this) {
                known = value;
                if (known == null) {
                    known = Objects.requireNonNull(factory.get());
                    value = known;
                    factory = null;
                }
            }
        }
        return known;
    }
}
