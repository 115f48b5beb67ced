package dev.fairway.proxy.config;

import dev.fairway.kube.GoDuration;
import dev.fairway.proxy.model.IpAddress;
import dev.fairway.proxy.model.IpCidr;
import dev.fairway.proxy.model.IpFamily;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Says what is wrong with a configuration, each problem starting with its field's path. */
final class ConfigValidator {
    private static final int MAX_INTERFACE_NAME = 15;
    private static final int MAX_PORT = 65535;
    private static final Pattern MINOR_VERSION = Pattern.compile("\\d+\\.\\d+");
    private static final Pattern PORT_RANGE = Pattern.compile("\\d{1,5}([-+]\\d{1,5})?");

    private final List<String> problems = new ArrayList<>();

    private ConfigValidator() {}

    /** The problems of a configuration with its defaults, those of the platform too; empty if it can be used. */
    static List<String> problems(ProxyConfig config) {
        ConfigValidator validator = new ConfigValidator();
        validator.modes(config);
        validator.addresses(config);
        validator.iptables(config.iptables());
        validator.nftables(config.nftables());
        validator.conntrack(config.conntrack());
        validator.positive("configSyncPeriod", config.configSyncPeriod());
        validator.range("clientConnection.burst", config.clientConnection().burst(), 0, Integer.MAX_VALUE);
        config.oomScoreAdj().ifPresent(score -> validator.range("oomScoreAdj", score, -1000, 1000));
        validator.logging(config.logging());
        validator.unused(config);
        return validator.problems;
    }

    private void check(boolean good, String problem) {
        if (!good) {
            problems.add(problem);
        }
    }

    private void modes(ProxyConfig config) {
        Optional<ProxyMode> mode = ProxyMode.of(config.mode());
        check(mode.isPresent(), config.mode().equals("ipvs")
                ? "mode: ipvs is not supported here; use nftables, its successor, or iptables"
                : "mode: must be iptables or nftables, is '" + config.mode() + "'");
        Optional<DetectLocalMode> local = DetectLocalMode.of(config.detectLocalMode());
        check(local.isPresent(), "detectLocalMode: must be ClusterCIDR, NodeCIDR, BridgeInterface or "
                + "InterfaceNamePrefix, is '" + config.detectLocalMode() + "'");
        if (local.isPresent()) {
            switch (local.get()) {
                case BRIDGE_INTERFACE -> 
                        interfaceName("detectLocal.bridgeInterface", config.detectLocal().bridgeInterface(), MAX_INTERFACE_NAME);
                case INTERFACE_NAME_PREFIX ->
                        interfaceName("detectLocal.interfaceNamePrefix", config.detectLocal().interfaceNamePrefix(),
                                MAX_INTERFACE_NAME - 1);
                case CLUSTER_CIDR, NODE_CIDR -> { }
            }
        }
    }

    /** Beyond upstream's check for emptiness: what the kernel would refuse must not get into a rule. A prefix
     * is written with a {@code +} behind it, which counts. */
    private void interfaceName(String field, String name, int most) {
        check(!name.isEmpty(), field + ": must be set for this detectLocalMode");
        check(name.length() <= most && name.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '/' && c != '"'),
                field + ": not an interface name of at most " + most + " characters: '" + name + "'");
    }

    private void addresses(ProxyConfig config) {
        check(IpAddress.parse(config.bindAddress()).isPresent(),
                "bindAddress: must be an IP address, is '" + config.bindAddress() + "'");
        hostPort("healthzBindAddress", config.healthzBindAddress());
        hostPort("metricsBindAddress", config.metricsBindAddress());
        clusterCidr(config.clusterCidr());
        List<String> addresses = config.nodePortAddresses();
        for (int i = 0; i < addresses.size(); i++) {
            String field = "nodePortAddresses[" + i + "]: ";
            if (addresses.get(i).equals(ProxyConfig.PRIMARY)) {
                check(addresses.size() == 1, field + "primary must stand alone");
            } else {
                check(IpCidr.parse(addresses.get(i)).isPresent(), field + "must be a CIDR block, is '" + addresses.get(i) + "'");
            }
        }
    }

    private void hostPort(String field, String address) {
        check(address.isEmpty() || HostPort.parse(address).isPresent(),
                field + ": must be IP:port with a port from 1 to " + MAX_PORT + ", is '" + address + "'");
    }

    private void clusterCidr(String text) {
        if (text.isEmpty()) {
            return;
        }
        List<String> parts = List.of(text.split(",", -1));
        List<IpFamily> families = parts.stream()
                .flatMap(part -> IpCidr.parse(part).stream()).map(IpCidr::family).distinct().toList();
        check(parts.size() <= 2 && families.size() == parts.size(),
                "clusterCIDR: must be one CIDR block, or an IPv4 and an IPv6 one with a comma between, is '" + text + "'");
    }

    private void iptables(ProxyConfig.Iptables iptables) {
        range("iptables.masqueradeBit", iptables.masqueradeBit(), 0, 31);
        syncPeriods("iptables", iptables.syncPeriod(), iptables.minSyncPeriod());
    }

    private void nftables(ProxyConfig.Nftables nftables) {
        range("nftables.masqueradeBit", nftables.masqueradeBit(), 0, 31);
        syncPeriods("nftables", nftables.syncPeriod(), nftables.minSyncPeriod());
    }

    private void syncPeriods(String field, Duration sync, Duration min) {
        positive(field + ".syncPeriod", sync);
        notNegative(field + ".minSyncPeriod", min);
        check(min.compareTo(sync) <= 0, field + ".syncPeriod: must be at least " + field + ".minSyncPeriod, "
                + GoDuration.format(min) + ", is " + GoDuration.format(sync));
    }

    private void conntrack(ProxyConfig.Conntrack conntrack) {
        range("conntrack.maxPerCore", conntrack.maxPerCore(), 0, Integer.MAX_VALUE);
        range("conntrack.min", conntrack.min(), 0, Integer.MAX_VALUE);
        notNegative("conntrack.tcpEstablishedTimeout", conntrack.tcpEstablishedTimeout());
        notNegative("conntrack.tcpCloseWaitTimeout", conntrack.tcpCloseWaitTimeout());
        notNegative("conntrack.udpTimeout", conntrack.udpTimeout());
        notNegative("conntrack.udpStreamTimeout", conntrack.udpStreamTimeout());
    }

    private void logging(ProxyConfig.Logging logging) {
        check(List.of("text", "json").contains(logging.format()),
                "logging.format: must be text or json, is '" + logging.format() + "'");
        range("logging.verbosity", logging.verbosity(), 0, Integer.MAX_VALUE);
        notNegative("logging.flushFrequency", logging.flushFrequency());
    }

    /** Fields that only other modes and systems use are checked where upstream does. */
    private void unused(ProxyConfig config) {
        check(config.portRange().isEmpty() || PORT_RANGE.matcher(config.portRange()).matches(),
                "portRange: must be a port range such as 300-2000, is '" + config.portRange() + "'");
        check(config.showHiddenMetricsForVersion().isEmpty()
                        || MINOR_VERSION.matcher(config.showHiddenMetricsForVersion()).matches(),
                "showHiddenMetricsForVersion: must be a minor version such as 1.35, is '"
                        + config.showHiddenMetricsForVersion() + "'");
    }

    private void range(String field, int value, int least, int most) {
        check(value >= least && value <= most, most == Integer.MAX_VALUE
                ? field + ": must be at least " + least + ", is " + value
                : field + ": must be from " + least + " to " + most + ", is " + value);
    }

    private void positive(String field, Duration value) {
        check(value.isPositive(), field + ": must be greater than 0, is " + GoDuration.format(value));
    }

    private void notNegative(String field, Duration value) {
        check(!value.isNegative(), field + ": must not be negative, is " + GoDuration.format(value));
    }
}
