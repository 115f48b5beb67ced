package dev.fairway.node.runtime;

import java.time.Instant;

/**
 * How a container ended.
 *
 * @param code its exit code; 128 and the signal's number when a signal ended it
 * @param at when
 */
public record ContainerExit(int code, Instant at) {}
