/** A kernel's nf_tables without a kernel: for tests of what the real one does only when it is ill. */
package dev.fairway.testkit.nftables;
