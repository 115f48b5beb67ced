/** Kubernetes objects and the client side of the API: transport, list and watch, informers. */
package dev.fairway.kube;
