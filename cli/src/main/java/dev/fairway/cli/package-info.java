/** The {@code fairway} command: one class a sub-command, in a package for each face. */
package dev.fairway.cli;
