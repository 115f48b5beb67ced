package dev.fairway.apiserver.table;

import static dev.fairway.apiserver.table.Row.NONE;
import static dev.fairway.apiserver.table.Row.UNSET;

import dev.fairway.apiserver.registry.TablePrinter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What makes Pods. */
final class WorkloadTables {
    static final TablePrinter DEPLOYMENT = Columns.named()
            .text("Ready", "Ready Pods, of those wanted.",
                    row -> row.number("status", "readyReplicas") + "/" + row.number("spec", "replicas"))
            .value("Up-to-date", "Pods of the newest template.", row -> row.number("status", "updatedReplicas"))
            .value("Available", "Pods that have been ready for long enough.",
                    row -> row.number("status", "availableReplicas"))
            .age().template(row -> row.selector("spec", "selector"));

    static final TablePrinter REPLICA_SET = replicas()
            .template(row -> orNone(row.selector("spec", "selector")));

    static final TablePrinter REPLICATION_CONTROLLER = replicas()
            .template(row -> row.labels("spec", "selector"));

    static final TablePrinter STATEFUL_SET = Columns.named()
            .text("Ready", "Ready Pods, of those wanted.",
                    row -> row.number("status", "readyReplicas") + "/" + row.number("spec", "replicas"))
            .age().containers();

    static final TablePrinter DAEMON_SET = Columns.named()
            .integer("Desired", "Nodes that should run the Pod.",
                    row -> row.number("status", "desiredNumberScheduled"))
            .integer("Current", "Nodes that run it, of those that should.",
                    row -> row.number("status", "currentNumberScheduled"))
            .integer("Ready", "Nodes on which it is ready.", row -> row.number("status", "numberReady"))
            .integer("Up-to-date", "Nodes on which it is of the newest template.",
                    row -> row.number("status", "updatedNumberScheduled"))
            .integer("Available", "Nodes on which it has been ready for long enough.",
                    row -> row.number("status", "numberAvailable"))
            .text("Node Selector", "Labels of the nodes that should run the Pod.",
                    row -> row.labels("spec", "template", "spec", "nodeSelector"))
            .age().template(row -> orNone(row.selector("spec", "selector")));

    static final TablePrinter JOB = Columns.named()
            .text("Status", "How far the Job has come.", WorkloadTables::jobStatus)
            .text("Completions", "Pods that succeeded, of those wanted.", WorkloadTables::completions)
            .text("Duration", "Time from start to completion, or until now.", WorkloadTables::jobDuration)
            .age().template(row -> orNone(row.selector("spec", "selector")));

    static final TablePrinter CRON_JOB = Columns.named()
            .text("Schedule", "When Jobs are made, in cron's format.", row -> row.text("spec", "schedule"))
            .text("Timezone", "Time zone of the schedule.", row -> row.textOr(NONE, "spec", "timeZone"))
            .add("Suspend", "boolean", "", "Whether no Jobs are made.", 0,
                    row -> row.has("spec", "suspend") ? capital(row.at("spec", "suspend").asBoolean(false)) : UNSET)
            .integer("Active", "Jobs under way.", row -> (long) row.at("status", "active").size())
            .text("Last Schedule", "Time since a Job was last made.",
                    row -> row.has("status", "lastScheduleTime") ? row.since("status", "lastScheduleTime") : NONE)
            .age()
            .wide("Containers", "Names of the template's containers.",
                    row -> row.containers("name", "spec", "jobTemplate", "spec", "template"))
            .wide("Images", "Images of the template's containers.",
                    row -> row.containers("image", "spec", "jobTemplate", "spec", "template"))
            .wide("Selector", "Labels of the Pods that belong to the object.",
                    row -> orNone(row.selector("spec", "jobTemplate", "spec", "selector")));

    static final TablePrinter CONTROLLER_REVISION = Columns.named()
            .text("Controller", "What the revision belongs to.", WorkloadTables::controller)
            .value("Revision", "Number of the revision.", row -> row.number("revision"))
            .age();

    private WorkloadTables() {
    }

    private static Columns replicas() {
        return Columns.named()
                .integer("Desired", "Pods wanted.", row -> row.number("spec", "replicas"))
                .integer("Current", "Pods that exist.", row -> row.number("status", "replicas"))
                .integer("Ready", "Pods that are ready.", row -> row.number("status", "readyReplicas"))
                .age();
    }

    private static String capital(boolean value) {
        return value ? "True" : "False";
    }

    private static String orNone(String text) {
        return text.isEmpty() ? NONE : text;
    }

    private static String jobStatus(Row job) {
        List<String> trueConditions = job.each("status", "conditions").stream()
                .filter(condition -> condition.text("status").equals("True"))
                .map(condition -> condition.text("type")).toList();
        if (trueConditions.contains("Complete")) {
            return "Complete";
        }
        if (trueConditions.contains("Failed")) {
            return "Failed";
        }
        if (job.has("metadata", "deletionTimestamp")) {
            return "Terminating";
        }
        for (String condition : List.of("Suspended", "FailureTarget", "SuccessCriteriaMet")) {
            if (trueConditions.contains(condition)) {
                return condition;
            }
        }
        return "Running";
    }

    private static String completions(Row job) {
        long succeeded = job.number("status", "succeeded");
        if (job.has("spec", "completions")) {
            return succeeded + "/" + job.number("spec", "completions");
        }
        long parallelism = job.number("spec", "parallelism");
        return parallelism > 1 ? succeeded + "/1 of " + parallelism : succeeded + "/1";
    }

    private static String jobDuration(Row job) {
        Optional<Instant> start = job.time("status", "startTime");
        return start.map(begin -> HumanDuration.of(
                Duration.between(begin, job.time("status", "completionTime").orElse(job.now())))).orElse("");
    }

    /** The controlling owner as {@code kind.group/name}. */
    private static String controller(Row object) {
        return object.each("metadata", "ownerReferences").stream()
                .filter(owner -> owner.at("controller").asBoolean(false))
                .findFirst()
                .map(owner -> {
                    String apiVersion = owner.text("apiVersion");
                    int slash = apiVersion.indexOf('/');
                    String group = slash < 0 ? "" : "." + apiVersion.substring(0, slash);
                    return (owner.text("kind") + group).toLowerCase(Locale.ROOT) + "/" + owner.text("name");
                })
                .orElse(NONE);
    }
}
