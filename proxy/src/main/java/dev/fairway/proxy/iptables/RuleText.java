package dev.fairway.proxy.iptables;

import dev.fairway.proxy.model.IpAddress;
import dev.fairway.proxy.model.IpCidr;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.model.Protocol;
import dev.fairway.proxy.state.LocalTraffic;

/**
 * One rule in the order and spelling of {@code iptables-save}, so that what is wanted and what the kernel has can be
 * compared as text. The chain is not part of it. Methods are to be called in the order in which they stand here.
 */
final class RuleText {
    private final StringBuilder text = new StringBuilder(160);

    static RuleText rule() {
        return new RuleText();
    }

    /** A block that holds every address is not written, as {@code iptables-save} leaves it out. */
    RuleText source(IpCidr cidr) {
        return cidr.isAll() ? this : begin("-s ").add(cidr.toString());
    }

    RuleText source(IpAddress address) {
        return source(IpCidr.of(address));
    }

    RuleText notSource(IpCidr cidr) {
        return begin("! -s ").add(cidr.toString());
    }

    /** Traffic from a Pod on this node, or with {@code not} any other, where that is told by the source. */
    RuleText localSource(LocalTraffic local, boolean not) {
        return switch (local) {
            case LocalTraffic.FromCidr(var cidr) -> not ? notSource(cidr) : source(cidr);
            case LocalTraffic.FromInterface _, LocalTraffic.FromInterfacePrefix _, LocalTraffic.Unknown _ -> this;
        };
    }

    RuleText destination(IpCidr cidr) {
        return begin("-d ").add(cidr.toString());
    }

    RuleText destination(IpAddress address) {
        return destination(IpCidr.of(address));
    }

    RuleText notDestination(IpCidr cidr) {
        return begin("! -d ").add(cidr.toString());
    }

    /** As {@link #localSource}, where it is told by the interface. */
    RuleText localInterface(LocalTraffic local, boolean not) {
        return switch (local) {
            case LocalTraffic.FromInterface(var name) -> begin(not ? "! -i " : "-i ").add(name);
            case LocalTraffic.FromInterfacePrefix(var prefix) -> begin(not ? "! -i " : "-i ").add(prefix).add("+");
            case LocalTraffic.FromCidr _, LocalTraffic.Unknown _ -> this;
        };
    }

    RuleText protocol(Protocol protocol) {
        return begin("-p ").add(protocol.lowerCase());
    }

    /**
     * A comment in quotes. What could end it early never comes here: names in objects were checked to be DNS labels.
     *
     * @throws IllegalArgumentException if it holds a quote, a backslash or a control character, or is too long for the
     *     kernel ({@code XT_MAX_COMMENT_LEN})
     */
    RuleText comment(String comment) {
        if (comment.length() > 255 || comment.chars().anyMatch(c -> c < ' ' || c == '"' || c == '\'' || c == '\\' || c > '~')) {
            throw new IllegalArgumentException("a comment that a rule cannot hold");
        }
        return begin("-m comment --comment \"").add(comment).add("\"");
    }

    RuleText addressType(String option) {
        return begin("-m addrtype --").add(option).add("-type LOCAL");
    }

    /** Marks a client's last endpoint, or asks for it. */
    RuleText recent(String options, String list, IpFamily family) {
        return begin("-m recent --").add(options).add(" --name ").add(list).add(" --mask ")
                .add(family == IpFamily.IPV4 ? "255.255.255.255" : "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")
                .add(" --rsource");
    }

    /** One packet in {@code of}, at random. */
    RuleText oneIn(int of) {
        return begin("-m statistic --mode random --probability ").add(Probability.oneIn(of));
    }

    RuleText match(Protocol protocol) {
        return begin("-m ").add(protocol.lowerCase());
    }

    RuleText matchPort(Protocol protocol, int port) {
        return match(protocol).add(" --dport ").add(Integer.toString(port));
    }

    /** Counts packets in an object of nfacct; the two blanks are those of its {@code iptables} extension. */
    RuleText count(String object) {
        return begin("-m nfacct --nfacct-name  ").add(object);
    }

    RuleText mark(String match) {
        return begin("-m mark " + match);
    }

    RuleText conntrack(String match) {
        return begin("-m conntrack " + match);
    }

    /** Ends the rule. */
    String jump(String target) {
        return begin("-j ").text.toString().concat(target);
    }

    /** Ends a rule that only counts what comes to it. */
    String noJump() {
        return text.toString();
    }

    /** Begins a part that stands for itself. */
    private RuleText begin(String part) {
        if (!text.isEmpty()) {
            text.append(' ');
        }
        text.append(part);
        return this;
    }

    private RuleText add(String more) {
        text.append(more);
        return this;
    }
}
