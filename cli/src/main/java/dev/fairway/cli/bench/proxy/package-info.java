/** {@code fairway bench proxy}: a node of its own, an API server that serves lists and watches, and real connections. */
package dev.fairway.cli.bench.proxy;
