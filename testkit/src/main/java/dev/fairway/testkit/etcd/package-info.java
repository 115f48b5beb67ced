/** Real etcd members. */
package dev.fairway.testkit.etcd;
