/** How well the proxy does, and the health check node ports of Services with {@code externalTrafficPolicy: Local}. */
package dev.fairway.proxy.health;
