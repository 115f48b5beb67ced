/** kube-proxy's metrics: its names, labels, types and buckets, so that dashboards and alerts made for it work. */
package dev.fairway.proxy.metrics;
