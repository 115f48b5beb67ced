/**
 * Kubernetes objects and the client side of the API.
 *
 * <p>{@link dev.fairway.kube.KubeObject} is one object; {@link dev.fairway.kube.client.ApiClient} reads
 * and writes it over any {@link dev.fairway.kube.client.ApiTransport}; {@code informer} keeps a local
 * copy of a collection up to date by list and watch.
 */
package dev.fairway.kube;
