package dev.fairway.store;

import java.util.Optional;

/**
 * A flat, ordered map of keys to byte values with one global revision counter, as etcd's v3 API has it.
 *
 * <p>Every successful write takes exactly the next revision; a revision is never used twice, not even across restarts.
 * When a write method returns, the write is as durable as the implementation promises: fsynced for the embedded store,
 * accepted by a quorum for etcd, nothing at all for the memory store. Keys are compared by their UTF-16 code units,
 * which for the ASCII keys of the API server equals etcd's byte order.
 *
 * <p>All methods may be called from any thread. Every method but {@link #close()} throws {@link StoreException} when
 * the store is closed or its medium fails; the outcome of a write that fails so is unknown unless stated.
 */
public interface Store extends AutoCloseable {

    /** The newest revision; 1 for a store that has never been written. */
    long revision();

    /** The newest version of {@code key}, or empty if it does not exist now. */
    Optional<Entry> get(String key);

    /**
     * The entries whose keys start with {@code prefix}, in key order, as one consistent snapshot.
     *
     * @param prefix   the common start of all keys; empty means all keys
     * @param startKey the first key of interest, inclusive; empty means from the beginning
     * @param limit    how many entries at most; 0 means all
     * @param revision the snapshot to read; 0 means the newest
     * @throws CompactedException      if that snapshot has been compacted away
     * @throws FutureRevisionException if that revision has not happened yet
     */
    Page list(String prefix, String startKey, int limit, long revision);

    /** The number of keys that start with {@code prefix} now. */
    long count(String prefix);

    /**
     * Writes a key that must not exist.
     *
     * @throws KeyExistsException if it does
     */
    Entry create(String key, byte[] value);

    /**
     * Replaces the value of an existing key.
     *
     * @param expectedModRevision the {@link Entry#modRevision()} that the caller's change is based on
     * @throws RevisionConflictException if the key is gone or was written since
     */
    Entry update(String key, byte[] value, long expectedModRevision);

    /**
     * Removes an existing key.
     *
     * @param expectedModRevision the {@link Entry#modRevision()} that the caller has seen
     * @return the revision of the removal
     * @throws RevisionConflictException if the key is gone or was written since
     */
    long delete(String key, long expectedModRevision);

    /**
     * Follows every write to keys that start with {@code prefix}, in revision order, without gaps.
     *
     * @param afterRevision the last revision already known to the caller: the first event has a greater one
     * @throws CompactedException      if events after that revision have been compacted away
     * @throws FutureRevisionException if that revision has not happened yet
     */
    Watch watch(String prefix, long afterRevision);

    /**
     * Forgets the history up to and including {@code revision}: afterwards snapshots older than it, and watches from
     * before it, are refused. The newest version of every key stays.
     *
     * @throws CompactedException      if history is compacted as far already
     * @throws FutureRevisionException if that revision has not happened yet
     */
    void compact(long revision);

    /** The revision up to which history is gone; 0 if nothing was ever compacted. */
    long compactedRevision();

    /**
     * Up to which revision history must be forgotten so that what is left of it takes no more than {@code bytes} in this
     * process's memory; 0 where it takes no more now.
     */
    long historyExcess(long bytes);

    /** Ends all watches and releases the medium. A second call does nothing. */
    @Override
    void close();
}
