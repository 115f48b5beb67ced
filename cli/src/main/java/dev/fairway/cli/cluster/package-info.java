/** {@code up}, {@code down}, {@code status}, {@code kubeconfig} and {@code node}: a small cluster on this machine. */
package dev.fairway.cli.cluster;
