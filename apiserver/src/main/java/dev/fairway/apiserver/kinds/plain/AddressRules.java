package dev.fairway.apiserver.kinds.plain;

import dev.fairway.apiserver.config.Cidr;
import dev.fairway.apiserver.config.Ip;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/** ServiceCIDRs and IPAddresses. */
final class AddressRules {
    private AddressRules() {
    }

    static void serviceCidr(At object) {
        At cidrs = object.field("spec").field("cidrs");
        if (cidrs.node().isEmpty()) {
            cidrs.required("at least one CIDR required");
            return;
        }
        if (cidrs.node().size() > 2) {
            cidrs.invalid("may only hold up to 2 values");
            return;
        }
        List<Boolean> families = cidrs.items().stream().map(each -> each.check().cidr(each.path(), each.text(), false))
                .flatMap(Optional::stream).map(Cidr::isIpv6).toList();
        if (families.size() == 2 && families.getFirst().equals(families.getLast())) {
            cidrs.invalid("may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64");
        }
    }

    /** A second family may be added; all else stays. */
    static void serviceCidrUpdate(At now, At old) {
        At cidrs = now.field("spec").field("cidrs");
        At before = old.field("spec").field("cidrs");
        boolean added = before.node().size() == 1 && cidrs.node().size() == 2;
        if (!added && cidrs.node().size() != before.node().size()) {
            cidrs.invalid("field is immutable");
            return;
        }
        for (int i = 0; i < before.node().size(); i++) {
            cidrs.items().get(i).immutable(before.items().get(i));
        }
    }

    static void ipAddress(At object) {
        At name = object.field("metadata").field("name");
        Optional<InetAddress> address = Ip.parse(name.text());
        if (address.isEmpty()) {
            name.invalid("must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
        } else if (!Ip.text(address.get()).equals(name.text())) {
            name.invalid("must be in canonical form (\"" + Ip.text(address.get()) + "\")");
        }
        At parent = object.field("spec").field("parentRef");
        if (!parent.present()) {
            parent.required("");
            return;
        }
        parent.field("resource").requirePathSegment();
        parent.field("name").requirePathSegment();
    }

    static void ipAddressUpdate(At now, At old) {
        now.field("spec").field("parentRef").immutable(old.field("spec").field("parentRef"));
    }
}
