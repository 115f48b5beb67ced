package dev.fairway.apiserver.crd.cel;

import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import dev.fairway.apiserver.config.Cidr;
import dev.fairway.apiserver.config.Ip;
import dev.fairway.apiserver.crd.cel.CelFunctions.Kind;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Optional;

/**
 * IP addresses in CEL rules.
 *
 * @param address the address
 */
record CelAddress(InetAddress address) {
    private static final Kind<CelAddress> IP = new Kind<>(OpaqueType.create("net.IP"), CelAddress.class);
    private static final Kind<Block> CIDR = new Kind<>(OpaqueType.create("net.CIDR"), Block.class);

    /**
     * A block of addresses.
     *
     * @param address the address before the slash, which may have bits beyond the prefix
     */
    record Block(CelAddress address, Cidr range) {

        static Optional<Block> find(String text) {
            int slash = text.indexOf('/');
            Optional<CelAddress> address = slash < 0 ? Optional.empty() : CelAddress.find(text.substring(0, slash));
            try {
                return address.map(each -> new Block(each, Cidr.around(each.address, Integer.parseInt(text.substring(slash + 1)))));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }

        static Block parse(String text) {
            return find(text).orElseThrow(() -> new IllegalArgumentException(
                    "network address parse error during conversion from string: \"" + text + "\""));
        }

        boolean contains(Block other) {
            return range.isIpv6() == other.range.isIpv6() && prefix() <= other.prefix() && range.contains(other.range.base());
        }

        long prefix() {
            return range.prefix();
        }

        @Override
        public String toString() {
            return address + "/" + prefix();
        }
    }

    static Optional<CelAddress> find(String text) {
        // IPv4-mapped IPv6 addresses are refused, as two ways to write one address.
        return Ip.parse(text).filter(each -> text.contains(":") != each instanceof Inet4Address).map(CelAddress::new);
    }

    static CelAddress parse(String text) {
        return find(text).orElseThrow(() -> new IllegalArgumentException(
                "IP Address \"" + text + "\" parse error during conversion from string"));
    }

    /** The address in the one form of RFC 5952. */
    @Override
    public String toString() {
        return Ip.text(address);
    }

    private boolean global() {
        return !address.isAnyLocalAddress() && !address.isLoopbackAddress() && !address.isMulticastAddress()
                && !address.isLinkLocalAddress() && !toString().equals("255.255.255.255");
    }

    static void addTo(CelFunctions functions) {
        functions.global("ip", IP.type(), CelLibrary.STRING, CelAddress::parse)
                .global("isIP", SimpleType.BOOL, CelLibrary.STRING, text -> find(text).isPresent())
                .global("ip.isCanonical", SimpleType.BOOL, CelLibrary.STRING, text -> parse(text).toString().equals(text))
                .member("family", SimpleType.INT, IP, ip -> ip.address instanceof Inet4Address ? 4L : 6L)
                .member("isUnspecified", SimpleType.BOOL, IP, ip -> ip.address.isAnyLocalAddress())
                .member("isLoopback", SimpleType.BOOL, IP, ip -> ip.address.isLoopbackAddress())
                .member("isLinkLocalMulticast", SimpleType.BOOL, IP, ip -> ip.toString().startsWith("224.0.0.")
                        || ip.address.isMCLinkLocal() && !(ip.address instanceof Inet4Address))
                .member("isLinkLocalUnicast", SimpleType.BOOL, IP, ip -> ip.address.isLinkLocalAddress())
                .member("isGlobalUnicast", SimpleType.BOOL, IP, CelAddress::global)
                .global("string", SimpleType.STRING, IP, CelAddress::toString)
                .global("cidr", CIDR.type(), CelLibrary.STRING, Block::parse)
                .global("isCIDR", SimpleType.BOOL, CelLibrary.STRING, text -> Block.find(text).isPresent())
                .member("containsIP", SimpleType.BOOL, CIDR, IP, (block, ip) -> block.range.contains(ip.address))
                .member("containsIP", SimpleType.BOOL, CIDR, CelLibrary.STRING, (block, ip) -> block.range.contains(parse(ip).address))
                .member("containsCIDR", SimpleType.BOOL, CIDR, CIDR, Block::contains)
                .member("containsCIDR", SimpleType.BOOL, CIDR, CelLibrary.STRING, (block, other) -> block.contains(Block.parse(other)))
                .member("ip", IP.type(), CIDR, Block::address)
                .member("masked", CIDR.type(), CIDR, block -> new Block(new CelAddress(block.range.base()), block.range))
                .member("prefixLength", SimpleType.INT, CIDR, Block::prefix)
                .global("string", SimpleType.STRING, CIDR, Block::toString);
    }
}
