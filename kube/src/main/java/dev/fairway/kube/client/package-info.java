/** The client side of the API: where a server is and who asks, requests over HTTP, watches. */
package dev.fairway.kube.client;
