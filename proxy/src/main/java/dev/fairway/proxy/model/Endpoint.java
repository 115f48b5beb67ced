package dev.fairway.proxy.model;

/**
 * One endpoint of a slice.
 *
 * @param nodeName empty if unknown
 * @param ready true also where the slice does not say
 * @param serving true also where the slice does not say
 */
public record Endpoint(
        IpAddress address, String nodeName, Hints hints, boolean ready, boolean serving, boolean terminating) {}
