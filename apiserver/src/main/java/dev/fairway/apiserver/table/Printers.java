package dev.fairway.apiserver.table;

import dev.fairway.apiserver.registry.TablePrinter;

/** Finds the columns of a built-in kind. */
public final class Printers {
    private Printers() {
    }

    /** The columns of a kind by its storage group and plural; name and age for a plain one. */
    public static TablePrinter of(String group, String plural) {
        return new NameAndCreation();
    }
}
