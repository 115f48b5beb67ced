package dev.fairway.apiserver.registry;

/** Something taken for an object before it is written, such as a cluster IP, given back when the write fails. */
public interface Reservation {
    /** Nothing taken. */
    Reservation NONE = new Reservation() {
        @Override
        public void commit() {
            // nothing was taken
        }

        @Override
        public void rollback() {
            // nothing was taken
        }
    };

    /** The object has been written. */
    void commit();

    /** The object has not been written (an error, or a dry run). */
    void rollback();
}
