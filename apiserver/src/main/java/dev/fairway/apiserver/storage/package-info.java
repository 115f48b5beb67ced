/** Objects in the store: their bytes, their keys, their revisions. */
package dev.fairway.apiserver.storage;
