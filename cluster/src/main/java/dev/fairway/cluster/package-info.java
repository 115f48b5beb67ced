/** A whole cluster in one process, and Fairway as a library. */
package dev.fairway.cluster;
