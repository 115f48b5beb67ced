package dev.fairway.netlink.nftables;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Names and comments that both the kernel and nft's grammar take. */
final class Names {
    /** {@code NFT_NAME_MAXLEN}, the closing NUL included. */
    private static final int NFT_NAME_MAXLEN = 256;
    /** {@code NFTNL_UDATA_COMMENT_MAXLEN}: what nft accepts, the closing NUL included. */
    private static final int COMMENT_MAX = 128;
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9/\\\\_.-]*");

    private Names() {
    }

    /** @throws IllegalArgumentException if nft could not read the name back */
    static String check(String what, String name) {
        if (!NAME.matcher(name).matches() || name.length() >= NFT_NAME_MAXLEN) {
            throw new IllegalArgumentException(what + " name: '" + name + "'");
        }
        return name;
    }

    /** @throws IllegalArgumentException if nft could not read the comment back */
    static String checkComment(String comment) {
        int bytes = comment.getBytes(StandardCharsets.UTF_8).length;
        if (bytes >= COMMENT_MAX) {
            throw new IllegalArgumentException("comment of " + bytes + " bytes, at most " + (COMMENT_MAX - 1));
        }
        if (comment.chars().anyMatch(c -> c == '"' || c < ' ')) {
            throw new IllegalArgumentException("comment with quotes or control characters: " + comment);
        }
        return comment;
    }
}
