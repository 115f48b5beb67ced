/** Nodes that fall silent: their conditions, their taints, and the Pods that are on them. */
package dev.fairway.controllers.nodelifecycle;
