package dev.fairway.proxy.iptables;

/** The chains that hold rules of many Services. */
enum SharedChain {
    NAT_SERVICES(Table.NAT, "KUBE-SERVICES"),
    NAT_NODE_PORTS(Table.NAT, "KUBE-NODEPORTS"),
    FILTER_SERVICES(Table.FILTER, "KUBE-SERVICES"),
    FILTER_EXTERNAL_SERVICES(Table.FILTER, "KUBE-EXTERNAL-SERVICES"),
    FILTER_NODE_PORTS(Table.FILTER, "KUBE-NODEPORTS"),
    FILTER_FIREWALL(Table.FILTER, "KUBE-PROXY-FIREWALL");

    private final Table table;
    private final String chain;

    SharedChain(Table table, String chain) {
        this.table = table;
        this.chain = chain;
    }

    Table table() {
        return table;
    }

    String chain() {
        return chain;
    }
}
