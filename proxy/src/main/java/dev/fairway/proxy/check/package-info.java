/** What this node's kernel and tools can do for each mode: {@code fairway proxy --check}. */
package dev.fairway.proxy.check;
