package dev.fairway.apiserver.kinds.plain;

import dev.fairway.apiserver.kinds.Check;
import dev.fairway.apiserver.registry.Strategy;
import dev.fairway.apiserver.registry.StrategyContext;
import dev.fairway.schema.FieldError;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/**
 * The rules of one kind: what it takes by default, what is wrong with it, what an update may not change.
 *
 * @param defaults fills in what clients left out
 * @param check    what is wrong with an object
 * @param update   what is wrong with a change, beyond that
 */
public record PlainRules(Consumer<ObjectNode> defaults, Consumer<At> check, Update update) implements Strategy {

    /** Checks a change. */
    @FunctionalInterface
    interface Update {
        void check(At now, At old);
    }

    private static final Map<String, PlainRules> TABLE = Map.ofEntries(
            Map.entry("/limitranges", checks(ResourceRules::limitRange).withDefaults(ResourceRules::limitRangeDefaults)),
            Map.entry("/persistentvolumeclaims", checks(StorageRules::claim)
                    .withDefaults(StorageRules::claimDefaults).withUpdate(StorageRules::claimUpdate)),
            Map.entry("/persistentvolumes", checks(StorageRules::volume).withDefaults(StorageRules::volumeDefaults)),
            Map.entry("/resourcequotas", checks(ResourceRules::quota).withUpdate(ResourceRules::quotaUpdate)),
            Map.entry("coordination.k8s.io/leases", checks(PolicyRules::lease)),
            Map.entry("networking.k8s.io/ingressclasses", checks(IngressRules::ingressClass)
                    .withDefaults(IngressRules::classDefaults).withUpdate(IngressRules::classUpdate)),
            Map.entry("networking.k8s.io/ingresses", checks(IngressRules::ingress)),
            Map.entry("networking.k8s.io/ipaddresses", checks(AddressRules::ipAddress)
                    .withUpdate(AddressRules::ipAddressUpdate)),
            Map.entry("networking.k8s.io/networkpolicies", checks(NetworkPolicyRules::check)
                    .withDefaults(NetworkPolicyRules::defaults)),
            Map.entry("networking.k8s.io/servicecidrs", checks(AddressRules::serviceCidr)
                    .withUpdate(AddressRules::serviceCidrUpdate)),
            Map.entry("policy/poddisruptionbudgets", checks(PolicyRules::disruptionBudget)),
            Map.entry("scheduling.k8s.io/priorityclasses", checks(PolicyRules::priorityClass)
                    .withDefaults(PolicyRules::priorityClassDefaults).withUpdate(PolicyRules::priorityClassUpdate)),
            Map.entry("storage.k8s.io/storageclasses", checks(StorageRules::storageClass)
                    .withDefaults(StorageRules::storageClassDefaults).withUpdate(StorageRules::storageClassUpdate)));

    /** The rules of a kind; {@link Strategy#GENERIC} for one without. */
    public static Strategy of(String group, String plural) {
        PlainRules rules = TABLE.get(group + "/" + plural);
        return rules == null ? Strategy.GENERIC : rules;
    }

    private static PlainRules checks(Consumer<At> check) {
        return new PlainRules(object -> { }, check, (now, old) -> { });
    }

    private PlainRules withDefaults(Consumer<ObjectNode> more) {
        return new PlainRules(more, check, update);
    }

    private PlainRules withUpdate(Update more) {
        return new PlainRules(defaults, check, more);
    }

    /** Sets a field that has no value. */
    static void missing(ObjectNode object, String field, String value) {
        if (!object.hasNonNull(field)) {
            object.put(field, value);
        }
    }

    @Override
    public void prepareForCreate(StrategyContext context, ObjectNode object) {
        defaults.accept(object);
    }

    @Override
    public void prepareForUpdate(StrategyContext context, ObjectNode object, ObjectNode old) {
        defaults.accept(object);
    }

    @Override
    public List<FieldError> validateCreate(StrategyContext context, ObjectNode object) {
        Check errors = new Check();
        check.accept(new At(errors, "", object));
        return errors.errors();
    }

    @Override
    public List<FieldError> validateUpdate(StrategyContext context, ObjectNode object, ObjectNode old) {
        if (context.subresource() != null) {
            return List.of();
        }
        Check errors = new Check();
        check.accept(new At(errors, "", object));
        update.check(new At(errors, "", object), new At(errors, "", old));
        return errors.errors();
    }
}
