/**
 * Test support: network namespaces that a test owns, the two-node topology that recorded traffic was taken in, echo
 * servers in Pods and a prober that tells which Pods answer.
 */
package dev.fairway.testkit;
