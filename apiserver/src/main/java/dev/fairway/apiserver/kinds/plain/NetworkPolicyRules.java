package dev.fairway.apiserver.kinds.plain;

import dev.fairway.apiserver.config.Cidr;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** NetworkPolicies. */
final class NetworkPolicyRules {
    private static final List<String> PROTOCOLS = List.of("SCTP", "TCP", "UDP");
    private static final List<String> TYPES = List.of("Egress", "Ingress");

    private NetworkPolicyRules() {
    }

    static void defaults(ObjectNode object) {
        ObjectNode spec = object.withObjectProperty("spec");
        for (String direction : List.of("ingress", "egress")) {
            for (JsonNode rule : spec.path(direction)) {
                rule.path("ports").valueStream().filter(ObjectNode.class::isInstance)
                        .forEach(port -> PlainRules.missing((ObjectNode) port, "protocol", "TCP"));
            }
        }
        if (spec.path("policyTypes").isEmpty()) {
            ArrayNode types = spec.putArray("policyTypes").add("Ingress");
            if (!spec.path("egress").isEmpty()) {
                types.add("Egress");
            }
        }
    }

    static void check(At policy) {
        At spec = policy.field("spec");
        selector(spec.field("podSelector"));
        rules(spec.field("ingress"), "from");
        rules(spec.field("egress"), "to");
        if (spec.field("policyTypes").node().size() > TYPES.size()) {
            spec.field("policyTypes").invalid("may not specify more than two policyTypes");
        } else {
            spec.field("policyTypes").items().forEach(type -> type.oneOf(TYPES));
        }
    }

    private static void rules(At rules, String peers) {
        for (At rule : rules.items()) {
            rule.field("ports").items().forEach(NetworkPolicyRules::port);
            rule.field(peers).items().forEach(NetworkPolicyRules::peer);
        }
    }

    private static void port(At item) {
        item.field("protocol").oneOf(PROTOCOLS);
        At port = item.field("port");
        At end = item.field("endPort");
        if (port.present()) {
            port.check().portNumberOrName(port.path(), port.node());
        }
        if (end.present()) {
            if (!port.present()) {
                end.invalid("may not be specified when `port` is not specified");
            } else if (port.node().isString()) {
                end.invalid("may not be specified when `port` is non-numeric");
            } else if (end.node().asInt(0) < port.node().asInt(0)) {
                end.invalid("must be greater than or equal to `port`");
            } else {
                end.check().port(end.path(), end.node().asInt(0));
            }
        }
    }

    private static void peer(At peer) {
        At block = peer.field("ipBlock");
        boolean selected = peer.field("podSelector").present() || peer.field("namespaceSelector").present();
        selector(peer.field("podSelector"));
        selector(peer.field("namespaceSelector"));
        if (block.present()) {
            block(block);
        }
        if (!block.present() && !selected) {
            peer.required("must specify a peer");
        } else if (block.present() && selected) {
            peer.forbidden("may not specify both ipBlock and another peer");
        }
    }

    private static void block(At block) {
        At whole = block.field("cidr");
        if (whole.text().isEmpty()) {
            whole.required("");
            return;
        }
        Optional<Cidr> around = whole.check().cidr(whole.path(), whole.text(), true);
        for (At each : block.field("except").items()) {
            Optional<Cidr> hole = each.check().cidr(each.path(), each.text(), true);
            if (around.isPresent() && hole.isPresent()
                    && (!around.get().contains(hole.get().base()) || around.get().prefix() >= hole.get().prefix())) {
                each.invalid("must be a strict subset of `cidr`");
            }
        }
    }

    private static void selector(At selector) {
        selector.check().labelSelector(selector.path(), selector.node());
    }
}
