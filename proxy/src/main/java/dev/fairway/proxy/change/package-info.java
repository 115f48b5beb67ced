/** Change tracking: events of Services, slices and the Node, merged per Service until the next sync takes them. */
package dev.fairway.proxy.change;
