/** The way of a request through the server: who, may they, what, and how it went. */
package dev.fairway.apiserver.front;
