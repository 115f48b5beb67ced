/** StatefulSets: Pods with stable names, made, updated and removed in order. */
package dev.fairway.controllers.statefulset;
