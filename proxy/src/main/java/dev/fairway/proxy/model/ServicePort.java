package dev.fairway.proxy.model;

/**
 * One port of a Service.
 *
 * @param name empty if it has none
 * @param port 1 to 65535
 * @param nodePort 0 if it has none
 */
public record ServicePort(String name, Protocol protocol, int port, int nodePort) {}
