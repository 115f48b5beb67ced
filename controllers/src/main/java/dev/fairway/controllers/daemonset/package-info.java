/** DaemonSets: one Pod on every node that they choose. */
package dev.fairway.controllers.daemonset;
