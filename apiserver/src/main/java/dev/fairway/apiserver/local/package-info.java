/** The API in the same process, without HTTP. */
package dev.fairway.apiserver.local;
