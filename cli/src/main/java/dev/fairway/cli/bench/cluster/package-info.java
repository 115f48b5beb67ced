/** {@code fairway bench cluster}: a whole cluster, from nothing to many Pods behind many Services. */
package dev.fairway.cli.bench.cluster;
