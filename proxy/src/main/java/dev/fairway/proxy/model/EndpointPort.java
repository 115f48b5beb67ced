package dev.fairway.proxy.model;

/**
 * One port of an EndpointSlice.
 *
 * @param name that of the Service port it belongs to, empty if that has none
 * @param port 1 to 65535
 */
public record EndpointPort(String name, Protocol protocol, int port) {}
