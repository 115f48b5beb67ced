package dev.fairway.netlink.nfacct;

/**
 * A named counter ({@code NFNL_MSG_ACCT_NEW}).
 *
 * @param packets counted so far
 * @param bytes counted so far
 * @param uses how many rules count into it; it can be deleted at 0
 */
public record AccountingObject(String name, long packets, long bytes, int uses) {
}
