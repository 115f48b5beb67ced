/** A small API server that serves lists and watches, and misbehaves on request. */
package dev.fairway.testkit.api;
