package dev.fairway.proxy.iptables;

import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.state.NodeState;
import dev.fairway.proxy.state.PortState;
import dev.fairway.proxy.state.ServiceState;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Computes the rules of Services. A pure function of its arguments. */
final class RuleGenerator {
    private final RuleOptions options;
    private final NodeState node;

    RuleGenerator(RuleOptions options, NodeState node) {
        this.options = options;
        this.node = node;
    }

    /**
     * The rules of one Service.
     *
     * @param commented whether the rules of endpoints get comments, which large clusters do without
     */
    ServiceRules rules(ServiceState service, boolean commented) {
        Sink sink = new Sink();
        for (PortState port : service.ports()) {
            new PortRules(options, node, port, commented, sink).write();
        }
        return new ServiceRules(sink.chains, sink.shared);
    }

    IpFamily family() {
        return options.family();
    }

    /** Where rules are put as they are made. */
    static final class Sink {
        private final Map<String, List<String>> chains = new LinkedHashMap<>();
        private final Map<SharedChain, List<String>> shared = new EnumMap<>(SharedChain.class);

        void add(String chain, String rule) {
            chains.computeIfAbsent(chain, name -> new ArrayList<>()).add(rule);
        }

        void add(SharedChain chain, String rule) {
            shared.computeIfAbsent(chain, name -> new ArrayList<>()).add(rule);
        }
    }
}
