/**
 * The mode nftables: few chains, few rules, and flat maps. A Service address is one element of a verdict map; its endpoints
 * are numbered elements of one big map, from which a chain draws. A changed endpoint is one changed element, whatever the
 * size of the cluster.
 *
 * <p>Reading order: {@link dev.fairway.proxy.nftables.Layout} (the sets), {@link dev.fairway.proxy.nftables.Skeleton} (the
 * chains and rules), {@link dev.fairway.proxy.nftables.Fronts} (what one Service port needs), {@link
 * dev.fairway.proxy.nftables.Mirror} (what the kernel holds), {@link dev.fairway.proxy.nftables.Planner} (the difference),
 * {@link dev.fairway.proxy.nftables.NftablesDataplane} (the effects).
 */
package dev.fairway.proxy.nftables;
