/** What a process tells of itself, under the names that Prometheus and Kubernetes have for it. */
package dev.fairway.kube.metrics;
