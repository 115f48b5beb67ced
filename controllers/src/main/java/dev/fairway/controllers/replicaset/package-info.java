/** ReplicaSets and ReplicationControllers: as many Pods as asked for. */
package dev.fairway.controllers.replicaset;
