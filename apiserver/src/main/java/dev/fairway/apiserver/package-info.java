/** The API server: machinery, kinds, discovery, who may do what, HTTP. */
package dev.fairway.apiserver;
