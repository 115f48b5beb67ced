package dev.fairway.apiserver.kinds.workload;

import dev.fairway.apiserver.kinds.Check;
import dev.fairway.apiserver.registry.Strategy;
import dev.fairway.apiserver.registry.StrategyContext;
import dev.fairway.kube.KubeObject;
import dev.fairway.kube.LabelSelector;
import dev.fairway.schema.FieldError;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The rules of the kinds that make Pods from a template: defaults, selector against template, update strategy. */
public final class WorkloadStrategy implements Strategy {
    /** The kinds, and what sets them apart. */
    public enum Kind {
        DEPLOYMENT(true),
        REPLICA_SET(true),
        REPLICATION_CONTROLLER(false),
        STATEFUL_SET(true),
        DAEMON_SET(true);

        private final boolean selectorFixed;

        Kind(boolean selectorFixed) {
            this.selectorFixed = selectorFixed;
        }
    }

    private final Kind kind;

    public WorkloadStrategy(Kind kind) {
        this.kind = kind;
    }

    @Override
    public void prepareForCreate(StrategyContext context, ObjectNode object) {
        defaults(object.withObjectProperty("spec"));
    }

    @Override
    public void prepareForUpdate(StrategyContext context, ObjectNode object, ObjectNode old) {
        defaults(object.withObjectProperty("spec"));
    }

    private void defaults(ObjectNode spec) {
        if (spec.get("template") instanceof ObjectNode template && template.get("spec") instanceof ObjectNode pod) {
            PodDefaults.apply(pod);
        }
        if (kind != Kind.DAEMON_SET && !spec.hasNonNull("replicas")) {
            spec.put("replicas", 1);
        }
        switch (kind) {
            case DEPLOYMENT -> {
                number(spec, "revisionHistoryLimit", 10);
                number(spec, "progressDeadlineSeconds", 600);
                strategy(spec.withObjectProperty("strategy"), "25%", "25%");
            }
            case STATEFUL_SET -> {
                number(spec, "revisionHistoryLimit", 10);
                text(spec, "podManagementPolicy", "OrderedReady");
                ObjectNode claims = spec.withObjectProperty("persistentVolumeClaimRetentionPolicy");
                text(claims, "whenDeleted", "Retain");
                text(claims, "whenScaled", "Retain");
                spec.path("volumeClaimTemplates").forEach(WorkloadStrategy::claim);
                ObjectNode update = spec.withObjectProperty("updateStrategy");
                text(update, "type", "RollingUpdate");
                if (update.path("type").asString("").equals("RollingUpdate")) {
                    number(update.withObjectProperty("rollingUpdate"), "partition", 0);
                }
            }
            case DAEMON_SET -> {
                number(spec, "revisionHistoryLimit", 10);
                ObjectNode update = spec.withObjectProperty("updateStrategy");
                text(update, "type", "RollingUpdate");
                if (update.path("type").asString("").equals("RollingUpdate")) {
                    ObjectNode rolling = update.withObjectProperty("rollingUpdate");
                    missing(rolling, "maxUnavailable", 1);
                    missing(rolling, "maxSurge", 0);
                }
            }
            case REPLICATION_CONTROLLER -> {
                if (spec.path("selector").isEmpty() && spec.path("template").path("metadata").hasNonNull("labels")) {
                    spec.set("selector", spec.path("template").path("metadata").path("labels").deepCopy());
                }
            }
            case REPLICA_SET -> { }
        }
    }

    private static void claim(JsonNode template) {
        if (template instanceof ObjectNode claim) {
            text(claim, "apiVersion", "v1");
            text(claim, "kind", "PersistentVolumeClaim");
            text(claim.withObjectProperty("spec"), "volumeMode", "Filesystem");
            text(claim.withObjectProperty("status"), "phase", "Pending");
        }
    }

    private static void strategy(ObjectNode strategy, String surge, String unavailable) {
        text(strategy, "type", "RollingUpdate");
        if (strategy.path("type").asString("").equals("RollingUpdate")) {
            ObjectNode rolling = strategy.withObjectProperty("rollingUpdate");
            text(rolling, "maxUnavailable", unavailable);
            text(rolling, "maxSurge", surge);
        }
    }

    private static void text(ObjectNode node, String field, String value) {
        if (!node.hasNonNull(field)) {
            node.put(field, value);
        }
    }

    private static void missing(ObjectNode node, String field, int value) {
        if (!node.hasNonNull(field)) {
            node.put(field, value);
        }
    }

    private static void number(ObjectNode node, String field, int value) {
        missing(node, field, value);
    }

    @Override
    public List<FieldError> validateCreate(StrategyContext context, ObjectNode object) {
        Check check = new Check();
        JsonNode spec = object.path("spec");
        check.notNegative("spec.replicas", spec.path("replicas"));
        check.notNegative("spec.minReadySeconds", spec.path("minReadySeconds"));
        check.notNegative("spec.revisionHistoryLimit", spec.path("revisionHistoryLimit"));
        selector(check, spec);
        JsonNode pod = spec.path("template").path("spec");
        check.labels("spec.template.metadata.labels", spec.path("template").path("metadata").path("labels"));
        PodSpecValidation.validate(check, "spec.template.spec", pod);
        if (!pod.path("restartPolicy").asString("Always").equals("Always")) {
            check.add(FieldError.notSupported("spec.template.spec.restartPolicy", pod.path("restartPolicy").asString(""), List.of("Always")));
        }
        if (kind == Kind.DEPLOYMENT) {
            deployment(check, spec);
        }
        if (pod.hasNonNull("activeDeadlineSeconds")) {
            check.forbidden("spec.template.spec.activeDeadlineSeconds", "activeDeadlineSeconds in ReplicaSet is not Supported");
        }
        if (kind == Kind.DAEMON_SET) {
            daemons(check, spec.path("updateStrategy"));
        }
        if (kind == Kind.STATEFUL_SET) {
            check.notNegative("spec.ordinals.start", spec.path("ordinals").path("start"));
            check.notNegative("spec.updateStrategy.rollingUpdate.partition", spec.path("updateStrategy").path("rollingUpdate").path("partition"));
            for (String when : List.of("whenDeleted", "whenScaled")) {
                check.oneOf("spec.persistentVolumeClaimRetentionPolicy." + when,
                        spec.path("persistentVolumeClaimRetentionPolicy").path(when).asString(""), List.of("Delete", "Retain"));
            }
            check.oneOf("spec.podManagementPolicy", spec.path("podManagementPolicy").asString(""), List.of("OrderedReady", "Parallel"));
            check.oneOf("spec.updateStrategy.type", spec.path("updateStrategy").path("type").asString(""), List.of("OnDelete", "RollingUpdate"));
        }
        return check.errors();
    }

    private void selector(Check check, JsonNode spec) {
        JsonNode selector = spec.path("selector");
        JsonNode labels = spec.path("template").path("metadata").path("labels");
        if (selector.isEmpty()) {
            if (kind == Kind.REPLICATION_CONTROLLER || selector.isMissingNode() || selector.isNull()) {
                check.required("spec.selector");
                if (kind != Kind.REPLICATION_CONTROLLER) {
                    // No selector selects nothing, so no labels match it.
                    mismatch(check, labels);
                }
            } else {
                check.invalid("spec.selector", selector, "empty selector is invalid for " + kind.name().toLowerCase(java.util.Locale.ROOT).replace("_", ""));
            }
            return;
        }
        LabelSelector parsed;
        try {
            parsed = kind == Kind.REPLICATION_CONTROLLER
                    ? LabelSelector.ofMap(KubeObject.strings(selector))
                    : LabelSelector.ofJson(selector);
        } catch (IllegalArgumentException e) {
            check.invalid("spec.selector", selector, e.getMessage());
            return;
        }
        if (!parsed.matches(KubeObject.strings(labels))) {
            mismatch(check, labels);
        }
    }

    private static void mismatch(Check check, JsonNode labels) {
        check.invalid("spec.template.metadata.labels", labels.isMissingNode() ? null : labels, "`selector` does not match template `labels`");
    }

    private static void deployment(Check check, JsonNode spec) {
        JsonNode strategy = spec.path("strategy");
        String type = strategy.path("type").asString("");
        check.oneOf("spec.strategy.type", type, List.of("Recreate", "RollingUpdate"));
        JsonNode rolling = strategy.path("rollingUpdate");
        if (type.equals("Recreate") && !rolling.isMissingNode() && !rolling.isNull()) {
            check.forbidden("spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'");
        }
        if (type.equals("RollingUpdate")) {
            check.numberOrPercent("spec.strategy.rollingUpdate.maxUnavailable", rolling.path("maxUnavailable"), true);
            check.numberOrPercent("spec.strategy.rollingUpdate.maxSurge", rolling.path("maxSurge"), false);
            if (zero(rolling.path("maxUnavailable")) && zero(rolling.path("maxSurge"))) {
                check.invalid("spec.strategy.rollingUpdate.maxUnavailable", rolling.path("maxUnavailable"), "may not be 0 when `maxSurge` is 0");
            }
        }
        long deadline = spec.path("progressDeadlineSeconds").asLong(600);
        check.notNegative("spec.progressDeadlineSeconds", spec.path("progressDeadlineSeconds"));
        if (deadline <= spec.path("minReadySeconds").asLong(0)) {
            check.invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds");
        }
    }

    private static boolean zero(JsonNode value) {
        return value.isNumber() ? value.asInt() == 0 : value.asString("").equals("0%");
    }

    private static void daemons(Check check, JsonNode strategy) {
        check.oneOf("spec.updateStrategy.type", strategy.path("type").asString(""), List.of("OnDelete", "RollingUpdate"));
        JsonNode rolling = strategy.path("rollingUpdate");
        if (!strategy.path("type").asString("").equals("RollingUpdate")) {
            return;
        }
        String path = "spec.updateStrategy.rollingUpdate.";
        check.numberOrPercent(path + "maxUnavailable", rolling.path("maxUnavailable"), true);
        check.numberOrPercent(path + "maxSurge", rolling.path("maxSurge"), true);
        if (!zero(rolling.path("maxUnavailable")) && !zero(rolling.path("maxSurge"))) {
            check.invalid(path + "maxSurge", rolling.path("maxSurge").isString() ? rolling.path("maxSurge").stringValue()
                    : rolling.path("maxSurge"), "may not be set when maxUnavailable is set");
        } else if (zero(rolling.path("maxUnavailable")) && zero(rolling.path("maxSurge"))) {
            check.required(path + "maxUnavailable", "cannot be 0 when maxSurge is 0");
        }
    }

    @Override
    public List<FieldError> validateUpdate(StrategyContext context, ObjectNode object, ObjectNode old) {
        if (context.subresource() != null) {
            return List.of();
        }
        Check check = new Check();
        check.addAll(validateCreate(context, object));
        JsonNode selector = object.path("spec").path("selector");
        if (kind == Kind.STATEFUL_SET) {
            if (!fixed(object).equals(fixed(old))) {
                check.forbidden("spec", "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template',"
                        + " 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and"
                        + " 'minReadySeconds' are forbidden");
            }
            return check.errors();
        }
        if (kind.selectorFixed && !selector.equals(old.path("spec").path("selector"))) {
            check.invalid("spec.selector", selector, "field is immutable");
        }
        return check.errors();
    }

    /** The spec of a StatefulSet without what an update may change. */
    private ObjectNode fixed(ObjectNode object) {
        ObjectNode spec = object.withObjectProperty("spec").deepCopy();
        defaults(spec);
        spec.remove(List.of("replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit",
                "persistentVolumeClaimRetentionPolicy", "minReadySeconds"));
        return spec;
    }
}
