/** Field ownership and server-side apply. */
package dev.fairway.apiserver.apply;
