/** The table of the built-in kinds, each with its rules. */
package dev.fairway.apiserver.builtin;
