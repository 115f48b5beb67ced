/** The table of the built-in kinds. */
package dev.fairway.apiserver.builtin;
