package dev.fairway.proxy.nftables;

/** Names one list of numbered endpoints. */
record ListId(ListKind kind, FrontKey front) {
}
