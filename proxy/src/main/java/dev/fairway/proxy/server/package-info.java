/** The node proxy as a server: its reflectors, its HTTP endpoints, and how they are put together. */
package dev.fairway.proxy.server;
