package dev.fairway.cluster;

import dev.fairway.store.EtcdStore;
import dev.fairway.store.MemoryStore;
import dev.fairway.store.SqliteStore;
import dev.fairway.store.Store;

/** Opens the store that a configuration asks for. */
final class Stores {
    private Stores() {}

    static Store open(ClusterConfig.StoreChoice choice, ClusterDirectory directory) {
        return switch (choice) {
            case ClusterConfig.StoreChoice.Memory ignored -> new MemoryStore();
            case ClusterConfig.StoreChoice.Embedded ignored -> SqliteStore.open(directory.database());
            case ClusterConfig.StoreChoice.Etcd etcd -> EtcdStore.open(etcd.options());
        };
    }
}
