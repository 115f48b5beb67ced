/** Linux netlink over the FFM API: rtnetlink, nf_tables, conntrack, nfacct, network namespaces. */
package dev.fairway.netlink;
