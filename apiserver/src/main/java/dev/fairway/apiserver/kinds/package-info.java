/** The rules of the built-in kinds: what the schema cannot say. */
package dev.fairway.apiserver.kinds;
