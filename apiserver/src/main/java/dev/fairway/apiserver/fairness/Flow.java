package dev.fairway.apiserver.fairness;

import dev.fairway.apiserver.user.UserInfo;
import dev.fairway.apiserver.request.Request;
import dev.fairway.apiserver.request.RequestInfo;
import java.util.List;

/**
 * Which queue a request stands in, after the idea of API priority and fairness (KEP-1040): requests of one flow wait
 * behind each other, flows of one level take turns, levels do not touch each other.
 *
 * @param level the priority level
 * @param key   tells flows of a level apart: the user and the program
 */
public record Flow(Level level, String key) {

    /** The priority levels, each with seats of its own. */
    public enum Level {
        /** Never waits: the server's own parts, and probes of its health. */
        EXEMPT("exempt", 0),
        /** Leases and the status of nodes: whoever is late here is taken for dead. */
        LEADER_ELECTION("leader-election", 16),
        /** Nodes and the cluster's own programs. */
        SYSTEM("system", 32),
        /** Programs in Pods. */
        WORKLOAD("workload-low", 32),
        /** People and programs from outside. */
        GLOBAL_DEFAULT("global-default", 48),
        /** Whoever has not said who he is. */
        CATCH_ALL("catch-all", 4);

        private final String label;
        private final int seats;

        Level(String label, int seats) {
            this.label = label;
            this.seats = seats;
        }

        /** As metrics name it. */
        public String label() {
            return label;
        }

        /** How many requests of the level run at a time. */
        public int seats() {
            return seats;
        }
    }

    private static final List<String> PROBES = List.of("/healthz", "/livez", "/readyz");

    /** The flow of a request, with the user that it counts as sent by. */
    public static Flow of(Request request, RequestInfo info) {
        UserInfo user = request.user();
        return new Flow(level(request, info), user.name() + " " + program(request.header("user-agent")));
    }

    private static Level level(Request request, RequestInfo info) {
        UserInfo user = request.user();
        if (user.name().equals(UserInfo.APISERVER.name()) || !info.isResource() && isProbe(request.path())) {
            return Level.EXEMPT;
        }
        List<String> groups = user.groups();
        if (groups.contains("system:unauthenticated")) {
            return Level.CATCH_ALL;
        }
        boolean lease = info.group().equals("coordination.k8s.io") && info.resource().equals("leases");
        boolean nodeStatus = info.group().isEmpty() && info.resource().equals("nodes") && info.subresource().equals("status");
        if (lease || nodeStatus) {
            return Level.LEADER_ELECTION;
        }
        if (groups.contains("system:nodes") || groups.contains("system:serviceaccounts:kube-system")
                || user.name().startsWith("system:kube-")) {
            return Level.SYSTEM;
        }
        return groups.contains("system:serviceaccounts") ? Level.WORKLOAD : Level.GLOBAL_DEFAULT;
    }

    private static boolean isProbe(String path) {
        return PROBES.stream().anyMatch(probe -> path.equals(probe) || path.startsWith(probe + "/"));
    }

    private static String program(String userAgent) {
        int end = userAgent.indexOf(' ');
        return end < 0 ? userAgent : userAgent.substring(0, end);
    }
}
