/** The store: revisions, watch and compaction, in memory, on SQLite, on etcd. */
package dev.fairway.store;
