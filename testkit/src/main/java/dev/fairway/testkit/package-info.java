/** Test support: network namespaces, topologies, real packets. */
package dev.fairway.testkit;
