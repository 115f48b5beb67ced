/** The rules of Pods and of the kinds that make them from a template. */
package dev.fairway.apiserver.kinds.workload;
