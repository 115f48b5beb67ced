/** ClusterRoles that are made of others. */
package dev.fairway.controllers.clusterroleaggregation;
