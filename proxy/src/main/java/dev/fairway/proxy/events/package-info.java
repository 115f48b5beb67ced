/** The Events that the proxy writes, of {@code events.k8s.io/v1}. */
package dev.fairway.proxy.events;
