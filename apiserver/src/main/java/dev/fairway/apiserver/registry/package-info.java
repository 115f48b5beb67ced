/** What the server serves: one table of resources, and the rules of each kind behind one interface. */
package dev.fairway.apiserver.registry;
