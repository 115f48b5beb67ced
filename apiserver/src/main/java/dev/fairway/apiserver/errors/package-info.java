/** What goes wrong, as {@code meta/v1 Status}. */
package dev.fairway.apiserver.errors;
