package dev.fairway.cli.demo;

import dev.fairway.cluster.RunState;
import dev.fairway.netlink.netns.NetworkNamespace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.concurrent.locks.LockSupport;

/** The article's steps, each with what it shows and what must hold. */
final class Article {
    private static final String SERVICE_CHAIN = "KUBE-SVC-IUAUJYFCIUUMOL2O";
    private static final int CONNECTIONS = 200;
    private static final int NODE_PORT = 30000;
    private static final int PORT = 8080;
    private static final long PATIENCE_NANOS = 15_000_000_000L;
    /** With 200 connections over two Pods, fewer than this for one of them happens once in 10^8 runs. */
    private static final int FAIR_SHARE = 60;

    private final Walk walk;
    private final RunState.NodeState node;
    private final int nodes;
    private final Kubectl kubectl;
    private final Dialer fromNode;
    private final Dialer fromOutside;

    Article(Walk walk, RunState state, Path home) throws IOException {
        this.walk = walk;
        this.node = state.nodes().getFirst();
        this.nodes = state.nodes().size();
        this.kubectl = new Kubectl(Path.of(state.kubeconfig()), home, walk);
        this.fromNode = new Dialer(node.namespace());
        this.fromOutside = new Dialer(state.outside());
    }

    void nodesAreReady() throws IOException, InterruptedException {
        String table = kubectl.show("get", "nodes");
        long ready = table.lines().filter(line -> line.matches("\\S+\\s+Ready\\s.*")).count();
        walk.observe(ready == nodes, ready + " of " + nodes + " nodes are Ready");
    }

    void walk() throws IOException, InterruptedException {
        apply();
        String clusterIp = theService();
        if (clusterIp.isEmpty()) {
            return;
        }
        Set<String> before = rules(clusterIp, podAddresses());
        connections(clusterIp);
        death(clusterIp, before);
    }

    private void apply() throws IOException, InterruptedException {
        walk.step("Apply the article's manifests");
        long applied = System.nanoTime();
        kubectl.show("apply", "-f", "examples/");
        boolean answered = await(() -> fromOutside.dial(node.address(), NODE_PORT, 1).failures() == 0);
        walk.observe(answered, "the first answer through the node port came " + DemoCommand.seconds(applied) + " after apply");
        kubectl.run("-n", "k8s-test", "rollout", "status", "deployment/service-test", "--timeout=15s");
        kubectl.show("-n", "k8s-test", "get", "pods", "-o", "wide");
        boolean ready = await(() -> podAddresses().size() == 2);
        walk.observe(ready, "both Pods are ready " + DemoCommand.seconds(applied) + " after apply");
    }

    private String theService() throws IOException, InterruptedException {
        walk.step("The Service has a cluster IP and a node port, and two Endpoints");
        String table = kubectl.show("-n", "k8s-test", "get", "service");
        String clusterIp = kubectl.value("{.spec.clusterIP}", "-n", "k8s-test", "get", "service", "service");
        walk.observe(!clusterIp.isEmpty() && table.contains(clusterIp), "its CLUSTER-IP is " + clusterIp);
        walk.observe(table.contains("8080:30000/TCP"), "its PORT(S) are 8080:30000/TCP");
        String description = kubectl.show("-n", "k8s-test", "describe", "service", "service");
        Set<String> described = Description.endpoints(description);
        walk.observe(described.size() == 2 && described.equals(podAddresses().stream().map(each -> each + ":" + PORT)
                .collect(Collectors.toSet())), "describe has two Endpoints, which are the Pods': " + described);
        return clusterIp;
    }

    private Set<String> rules(String clusterIp, Set<String> addresses) throws IOException, InterruptedException {
        walk.step("The rules on " + node.name() + ", from KUBE-SERVICES to each Pod");
        walk.show("$ fairway node exec " + node.name() + " -- iptables-save -t nat");
        ServiceRules rules = ServiceRules.follow(save(), clusterIp, PORT);
        rules.rules().forEach(walk::show);
        walk.observe(rules.serviceChain().equals(SERVICE_CHAIN), "the Service's chain is " + SERVICE_CHAIN);
        walk.observe(rules.rules().stream().anyMatch(rule -> rule.contains("--probability 0.50000000000")),
                "the first of two endpoints is taken with probability 0.5, the second otherwise");
        walk.observe(targets(rules).equals(addresses), "the KUBE-SEP chains send packets to " + addresses);
        return targets(rules);
    }

    private void connections(String clusterIp) throws IOException, InterruptedException {
        walk.step(CONNECTIONS + " connections each from the node, from another Pod, and from outside");
        tally("the node to " + clusterIp + ":" + PORT, fromNode.dial(clusterIp, PORT, CONNECTIONS));
        Dialer fromPod = anotherPod();
        tally("another Pod to " + clusterIp + ":" + PORT, fromPod.dial(clusterIp, PORT, CONNECTIONS));
        tally("a client outside to " + node.address() + ":" + NODE_PORT,
                fromOutside.dial(node.address(), NODE_PORT, CONNECTIONS));
    }

    private void tally(String way, Dialer.Tally tally) throws IOException, InterruptedException {
        String names = kubectl.value("{.items[*].metadata.name}", "-n", "k8s-test", "get", "pods", "-l", "app=service-test");
        walk.observe(tally.failures() == 0
                        && tally.pods().size() == 2
                        && Set.of(names.split(" ")).containsAll(tally.pods().keySet())
                        && tally.pods().values().stream().allMatch(count -> count >= FAIR_SHARE),
                way + ": " + tally);
    }

    /** A Pod that is no endpoint of the Service: a process of the host in a Pod's namespace. */
    private Dialer anotherPod() throws IOException, InterruptedException {
        kubectl.show("-n", "k8s-test", "run", "client", "--image=fairway.local/host", "--restart=Never", "--command",
                "--", "sleep", "600");
        Kubectl.Result ready = kubectl.run("-n", "k8s-test", "wait", "--for=condition=Ready", "pod/client", "--timeout=15s");
        walk.observe(ready.exit() == 0, "the Pod to ask from is ready");
        String address = kubectl.value("{.status.podIP}", "-n", "k8s-test", "get", "pod", "client");
        return new Dialer(PodNamespaces.find(address));
    }

    private void death(String clusterIp, Set<String> before) throws IOException, InterruptedException {
        walk.step("Kill one Pod: another takes its place, with another IP, behind the same Service");
        String victim = kubectl.value("{.items[0].metadata.name}", "-n", "k8s-test", "get", "pods", "-l", "app=service-test");
        if (victim.isEmpty()) {
            walk.observe(false, "there is a Pod to kill");
            return;
        }
        String address = kubectl.value("{.status.podIP}", "-n", "k8s-test", "get", "pod", victim);
        kubectl.show("-n", "k8s-test", "delete", "pod", victim, "--grace-period=0", "--force");
        boolean replaced = await(() -> {
            Set<String> now = podAddresses();
            return now.size() == 2 && !now.contains(address) && targets(ServiceRules.follow(save(), clusterIp, PORT)).equals(now);
        });
        kubectl.show("-n", "k8s-test", "get", "pods", "-o", "wide", "-l", "app=service-test");
        kubectl.show("-n", "k8s-test", "get", "endpointslices");
        Set<String> now = podAddresses();
        walk.observe(replaced, "the Endpoints were " + before + " and are " + now);
        ServiceRules rules = ServiceRules.follow(save(), clusterIp, PORT);
        rules.rules().forEach(walk::show);
        walk.observe(rules.serviceChain().equals(SERVICE_CHAIN) && targets(rules).equals(now),
                "the chain is the same, its targets are the new ones");
        tally("after the change, the node to " + clusterIp + ":" + PORT, fromNode.dial(clusterIp, PORT, CONNECTIONS));
        tally("after the change, a client outside to " + node.address() + ":" + NODE_PORT,
                fromOutside.dial(node.address(), NODE_PORT, CONNECTIONS));
    }

    /** The addresses in the Service's EndpointSlices that are ready. */
    private Set<String> podAddresses() throws IOException, InterruptedException {
        String text = kubectl.value("{range .items[*].endpoints[?(@.conditions.ready==true)]}{.addresses[0]}{\" \"}{end}",
                "-n", "k8s-test", "get", "endpointslices", "-l", "kubernetes.io/service-name=service");
        Set<String> addresses = new TreeSet<>(Arrays.asList(text.trim().split("\\s+")));
        addresses.remove("");
        return addresses;
    }

    private static Set<String> targets(ServiceRules rules) {
        Set<String> targets = new TreeSet<>();
        rules.targets().values().forEach(target -> targets.add(target.replaceFirst(":\\d+$", "")));
        return targets;
    }

    private String save() throws IOException, InterruptedException {
        Process process = NetworkNamespace.open(node.namespace())
                .processBuilder(List.of("iptables-save", "-t", "nat"))
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return text;
    }

    private interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    private static boolean await(Condition condition) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            LockSupport.parkNanos(20_000_000);
        }
        return true;
    }
}
