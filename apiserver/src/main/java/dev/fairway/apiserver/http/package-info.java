/** HTTP/1.1 over TLS, on Helidon's web server with virtual threads. */
package dev.fairway.apiserver.http;
