/** What the measurements share: figures, latencies, and a cluster to measure. */
package dev.fairway.cli.bench.measure;
