/** The verbs of the resource API on stored objects. */
package dev.fairway.apiserver.handler;
