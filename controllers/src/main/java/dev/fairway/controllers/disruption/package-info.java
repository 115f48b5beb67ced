/** PodDisruptionBudgets: how many Pods may be evicted right now. */
package dev.fairway.controllers.disruption;
