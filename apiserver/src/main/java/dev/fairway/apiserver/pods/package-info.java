/** The subresources of Pods: log, binding, eviction. */
package dev.fairway.apiserver.pods;
