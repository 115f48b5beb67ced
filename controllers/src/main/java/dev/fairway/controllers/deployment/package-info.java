/** Deployments: one ReplicaSet per Pod template, and the way from one to the next. */
package dev.fairway.controllers.deployment;
