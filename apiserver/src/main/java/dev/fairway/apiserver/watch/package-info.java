/** One store watch per kind, fanned out to however many clients watch it. */
package dev.fairway.apiserver.watch;
