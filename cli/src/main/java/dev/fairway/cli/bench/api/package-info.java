/** {@code fairway bench api}: the API server under load, over TLS. */
package dev.fairway.cli.bench.api;
