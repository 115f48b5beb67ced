/** The rules of Services: defaults, validation, and the cluster IPs and node ports that they are given. */
package dev.fairway.apiserver.kinds.service;
