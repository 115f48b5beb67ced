package dev.fairway.apiserver.apply;

/** An applied list holds two items of one identity, so that nobody can say which of them an owner would own. */
final class DuplicateItemException extends RuntimeException {

    private static final long serialVersionUID = 1;

    DuplicateItemException(String path, PathElement item) {
        super((path.isEmpty() ? "." : path) + ": duplicate entries for key " + item);
    }
}
