/** The node agent: makes the Pods that are bound to its node run, and tells the API how they are. */
package dev.fairway.node.agent;
