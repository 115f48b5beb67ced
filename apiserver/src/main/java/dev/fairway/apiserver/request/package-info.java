/** Requests and responses apart from HTTP: routing, options, content negotiation. */
package dev.fairway.apiserver.request;
