package dev.fairway.apiserver.table;

import static dev.fairway.apiserver.table.Row.NONE;
import static dev.fairway.apiserver.table.Row.UNSET;

import dev.fairway.apiserver.registry.TablePrinter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Access, storage, policy and scheduling; and kinds with no columns of their own. */
final class OtherTables {
    /** What objects look like that nobody made columns for. */
    static final TablePrinter NAME_AND_AGE = Columns.named().age();

    static final TablePrinter NAME_AND_CREATION = Columns.named()
            .add("Created At", "date", "", "When the object was created.", 0,
                    row -> row.text("metadata", "creationTimestamp"));

    static final TablePrinter LEASE = Columns.named()
            .text("Holder", "Who holds the lease.", row -> row.text("spec", "holderIdentity")).age();

    static final TablePrinter POD_DISRUPTION_BUDGET = Columns.named()
            .text("Min Available", "Pods that must stay.", row -> row.textOr("N/A", "spec", "minAvailable"))
            .text("Max Unavailable", "Pods that may be missing.", row -> row.textOr("N/A", "spec", "maxUnavailable"))
            .integer("Allowed Disruptions", "Pods that may be evicted now.",
                    row -> row.number("status", "disruptionsAllowed"))
            .age();

    static final TablePrinter PRIORITY_CLASS = Columns.named()
            .integer("Value", "Priority of Pods of the class.", row -> row.number("value"))
            .bool("Global-Default", "Whether Pods without a class get this one.",
                    row -> row.at("globalDefault").asBoolean(false))
            .age()
            .text("PreemptionPolicy", "Whether Pods of the class displace others.",
                    row -> row.text("preemptionPolicy"));

    static final TablePrinter PERSISTENT_VOLUME_CLAIM = Columns.named()
            .text("Status", "Phase of the claim.", OtherTables::phase)
            .text("Volume", "Volume that the claim is bound to.", row -> row.text("spec", "volumeName"))
            .text("Capacity", "Size of that volume.", 
                    row -> bound(row, r -> r.textOr("0", "status", "capacity", "storage")))
            .text("Access Modes", "How that volume can be mounted.", row -> bound(row, r -> modes(r, "status")))
            .text("StorageClass", "Class of the volume.", row -> row.textOr(row.text("spec", "storageClassName"),
                    "metadata", "annotations", "volume.beta.kubernetes.io/storage-class"))
            .text("VolumeAttributesClass", "Class of the volume's changeable attributes.",
                    row -> row.textOr(UNSET, "spec", "volumeAttributesClassName"))
            .age()
            .wide("VolumeMode", "File system or block device.", row -> row.textOr(UNSET, "spec", "volumeMode"));

    static final TablePrinter PERSISTENT_VOLUME = Columns.named()
            .text("Capacity", "Size of the volume.", row -> row.textOr("0", "spec", "capacity", "storage"))
            .text("Access Modes", "How the volume can be mounted.", row -> modes(row, "spec"))
            .text("Reclaim Policy", "What happens to the volume when its claim goes.",
                    row -> row.text("spec", "persistentVolumeReclaimPolicy"))
            .text("Status", "Phase of the volume.", OtherTables::phase)
            .text("Claim", "Claim that the volume is bound to.", row -> row.has("spec", "claimRef")
                    ? row.text("spec", "claimRef", "namespace") + "/" + row.text("spec", "claimRef", "name") : "")
            .text("StorageClass", "Class of the volume.", row -> row.text("spec", "storageClassName"))
            .text("VolumeAttributesClass", "Class of the volume's changeable attributes.",
                    row -> row.textOr(UNSET, "spec", "volumeAttributesClassName"))
            .text("Reason", "Why the volume is in its phase.", row -> row.text("status", "reason"))
            .age()
            .wide("VolumeMode", "File system or block device.", row -> row.textOr(UNSET, "spec", "volumeMode"));

    static final TablePrinter STORAGE_CLASS = Columns.unnamed()
            .add("Name", "string", "name", "Name of the object.", 0, row -> row.text("metadata", "name")
                    + (row.text("metadata", "annotations", "storageclass.kubernetes.io/is-default-class").equals("true")
                            ? " (default)" : ""))
            .text("Provisioner", "Who makes the volumes.", row -> row.text("provisioner"))
            .text("ReclaimPolicy", "What happens to a volume when its claim goes.",
                    row -> row.textOr("Delete", "reclaimPolicy"))
            .text("VolumeBindingMode", "When volumes are made.", row -> row.textOr("Immediate", "volumeBindingMode"))
            .bool("AllowVolumeExpansion", "Whether volumes can grow.",
                    row -> row.at("allowVolumeExpansion").asBoolean(false))
            .age();

    static final TablePrinter BINDING_OF_ROLE = Columns.named()
            .text("Role", "Role that is bound.", row -> row.text("roleRef", "kind") + "/" + row.text("roleRef", "name"))
            .age()
            .wide("Users", "Users that the role is bound to.", row -> subjects(row, "User"))
            .wide("Groups", "Groups that the role is bound to.", row -> subjects(row, "Group"))
            .wide("ServiceAccounts", "ServiceAccounts that the role is bound to.",
                    row -> subjects(row, "ServiceAccount"));

    static final TablePrinter CERTIFICATE_SIGNING_REQUEST = Columns.named()
            .age()
            .text("SignerName", "Who is asked to sign.", row -> row.textOr(NONE, "spec", "signerName"))
            .text("Requestor", "Who asks.", row -> row.text("spec", "username"))
            .text("RequestedDuration", "Validity asked for.", row -> row.has("spec", "expirationSeconds")
                    ? HumanDuration.of(Duration.ofSeconds(row.number("spec", "expirationSeconds"))) : NONE)
            .text("Condition", "How far the request has come.", OtherTables::condition);

    private static final Map<String, String> SHORT_MODES = Map.of("ReadWriteOnce", "RWO", "ReadOnlyMany", "ROX",
            "ReadWriteMany", "RWX", "ReadWriteOncePod", "RWOP");

    private OtherTables() {
    }

    private static String phase(Row row) {
        return row.has("metadata", "deletionTimestamp") ? "Terminating" : row.text("status", "phase");
    }

    private static String bound(Row claim, Function<Row, String> value) {
        return claim.text("spec", "volumeName").isEmpty() ? "" : value.apply(claim);
    }

    private static String modes(Row row, String part) {
        List<String> given = row.each(part, "accessModes").stream().map(mode -> Row.text(mode.node())).toList();
        return List.of("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod").stream()
                .filter(given::contains).map(SHORT_MODES::get).collect(Collectors.joining(","));
    }

    private static String subjects(Row binding, String kind) {
        return binding.each("subjects").stream().filter(subject -> subject.text("kind").equals(kind))
                .map(subject -> {
                    String namespace = subject.text("namespace");
                    return kind.equals("ServiceAccount") && !namespace.isEmpty()
                            ? namespace + "/" + subject.text("name") : subject.text("name");
                })
                .collect(Collectors.joining(", "));
    }

    private static String condition(Row request) {
        List<String> types = request.each("status", "conditions").stream().map(each -> each.text("type")).toList();
        String decided = types.contains("Denied") ? "Denied" : types.contains("Approved") ? "Approved" : "Pending";
        return decided + (types.contains("Failed") ? ",Failed" : "")
                + (request.text("status", "certificate").isEmpty() ? "" : ",Issued");
    }
}
