/** Label and field selectors as they stand in a query string. */
package dev.fairway.apiserver.selector;
