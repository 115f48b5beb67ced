/** What the server says of itself: groups, versions, resources, health, version. */
package dev.fairway.apiserver.discovery;
