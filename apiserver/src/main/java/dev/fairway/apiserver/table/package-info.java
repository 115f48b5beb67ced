/** The columns of {@code kubectl get}. */
package dev.fairway.apiserver.table;
