package dev.fairway.proxy.nftables;

import dev.fairway.netlink.nftables.Chain;
import dev.fairway.netlink.nftables.DataType;
import dev.fairway.netlink.nftables.NftSet;
import dev.fairway.netlink.nftables.Rule;
import dev.fairway.netlink.nftables.SetField;
import dev.fairway.proxy.model.IpFamily;
import dev.fairway.proxy.state.Backend;
import dev.fairway.proxy.state.PortConfig;
import dev.fairway.proxy.state.PortState;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;

/**
 * The chains and sets of a Service port with ClientIP affinity: a set of remembered clients per endpoint, which goes with
 * its endpoint in one transaction, so that nobody is held to an endpoint that is gone. The kernel cannot look a remembered
 * endpoint up and check it in one rule, so that these ports do without the flat maps.
 */
final class Affinity {
    /** How names of such chains and sets begin. */
    static final String PREFIX = "affinity-";
    private static final int READABLE_LENGTH = 100;

    private final Skeleton skeleton;
    private final Layout layout;
    private final PortState port;
    private final PortConfig config;
    private final String base;

    Affinity(Skeleton skeleton, PortState port) {
        this.skeleton = skeleton;
        this.layout = skeleton.layout();
        this.port = port;
        this.config = port.config();
        this.base = base(config);
    }

    /** A readable name with a digest before it, since the readable part may be cut. */
    private static String base(PortConfig config) {
        var whole = config.name() + "/" + config.protocol().lowerCase();
        var readable = whole.replace(':', '/');
        return PREFIX + digest(whole) + "-" + readable.substring(0, Math.min(readable.length(), READABLE_LENGTH));
    }

    private static String digest(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 5);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    /** Where traffic to the cluster IP goes. */
    String internalChain() {
        return base + "/internal";
    }

    /** Where traffic to node ports, external IPs and load balancers goes. */
    String externalChain() {
        return base + "/external";
    }

    private String clusterChain() {
        return base + "/cluster";
    }

    private String localChain() {
        return base + "/local";
    }

    private String endpointName(Backend backend) {
        return base + "/to-" + backend.address().toString().replace(':', '-') + "/" + backend.port();
    }

    /**
     * The chain of those that an endpoint remembers. It is a chain of its own because the kernel goes through all sets for
     * each rule that names one, and the chain that asks every endpoint is written anew with each change.
     */
    private String rememberedName(Backend backend) {
        return endpointName(backend) + "/remembered";
    }

    /** With the time in it, since a set keeps the time that it was made with. */
    private String setName(Backend backend) {
        return endpointName(backend) + "/" + config.affinitySeconds() + "s";
    }

    void write(List<ChainSpec> chains, List<NftSet> sets) {
        for (var backend : port.backends().reachable()) {
            sets.add(remembered(backend));
            chains.add(spec(endpointName(backend), chain -> List.of(
                    steps().remember(setName(backend)).in(chain),
                    steps().protocol(FrontKey.number(config.protocol())).dnat(backend.address(), backend.port())
                            .in(chain))));
            chains.add(spec(rememberedName(backend), chain -> List.of(
                    steps().sourceIn(setName(backend)).goTo(endpointName(backend)).in(chain))));
        }
        chains.add(spec(clusterChain(), chain -> balance(chain, port.backends().cluster())));
        chains.add(spec(localChain(), chain -> balance(chain, port.backends().local())));
        chains.add(spec(internalChain(), this::internal));
        if (config.externallyAccessible()) {
            chains.add(spec(externalChain(), this::external));
        }
    }

    private NftSet remembered(Backend backend) {
        var type = layout.family() == IpFamily.IPV4 ? DataType.IPV4_ADDR : DataType.IPV6_ADDR;
        return NftSet.set(layout.table(), setName(backend), SetField.of(type)).flags(NftSet.Flag.DYNAMIC)
                .timeout(Duration.ofSeconds(config.affinitySeconds()));
    }

    private List<Rule> internal(Chain chain) {
        var rules = new ArrayList<>(skeleton.clusterIpMasquerade(chain));
        rules.add(steps().goTo(config.internalPolicyLocal() ? localChain() : clusterChain()).in(chain));
        return rules;
    }

    private List<Rule> external(Chain chain) {
        var rules = new ArrayList<Rule>();
        if (config.externalPolicyLocal()) {
            rules.addAll(skeleton.fromNode(chain, steps -> steps.goTo(clusterChain())));
            rules.add(steps().goTo(localChain()).in(chain));
        } else {
            rules.add(skeleton.mark(chain));
            rules.add(steps().goTo(clusterChain()).in(chain));
        }
        return rules;
    }

    private List<Rule> balance(Chain chain, List<Backend> backends) {
        var rules = new ArrayList<Rule>();
        for (var backend : backends) {
            rules.add(steps().jump(rememberedName(backend)).in(chain));
        }
        for (int i = 0; i < backends.size(); i++) {
            int left = backends.size() - i;
            var step = left > 1 ? steps().oneIn(left) : steps();
            rules.add(step.goTo(endpointName(backends.get(i))).in(chain));
        }
        return rules;
    }

    private Steps steps() {
        return new Steps(layout.family());
    }

    private ChainSpec spec(String name, Function<Chain, List<Rule>> rules) {
        var chain = Chain.regular(layout.table(), name);
        return new ChainSpec(chain, rules.apply(chain));
    }
}
