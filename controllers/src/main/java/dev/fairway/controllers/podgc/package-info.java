/** Pods that nobody will ever finish: those of missing nodes, and too many that have ended. */
package dev.fairway.controllers.podgc;
