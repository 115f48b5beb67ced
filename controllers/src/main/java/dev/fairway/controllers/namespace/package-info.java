/** The end of a namespace: everything in it is deleted before it goes itself. */
package dev.fairway.controllers.namespace;
