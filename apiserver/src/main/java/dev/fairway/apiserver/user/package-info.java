/** Who asks. */
package dev.fairway.apiserver.user;
