/** {@code fairway bench}: what is measured, each by a command that anyone can run again. */
package dev.fairway.cli.bench;
