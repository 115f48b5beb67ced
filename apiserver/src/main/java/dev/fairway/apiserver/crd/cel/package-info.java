/** The CEL rules of custom resources: typed by their schema, with Kubernetes' functions and within its costs. */
package dev.fairway.apiserver.crd.cel;
