package dev.fairway.node.runtime;

/**
 * What became of a command that was run in a container.
 *
 * @param exitCode 0 for success
 * @param output what it printed on both streams, the first kilobytes of it
 */
public record ExecResult(int exitCode, String output) {}
