package dev.fairway.store;

class MemoryStoreTest extends ConcurrencyContract {

    @Override
    Store open() {
        return new MemoryStore(WATCH_CAPACITY);
    }
}
