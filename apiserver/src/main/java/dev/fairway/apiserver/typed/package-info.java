/** The schema of the built-in kinds, as the machinery wants it. */
package dev.fairway.apiserver.typed;
