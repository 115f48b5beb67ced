package dev.fairway.apiserver.kinds.plain;

import dev.fairway.kube.Json;
import dev.fairway.kube.Quantity;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** PersistentVolumes, claims to them, and their StorageClasses. */
final class StorageRules {
    private static final List<String> ACCESS_MODES =
            List.of("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod");
    private static final List<String> VOLUME_MODES = List.of("Block", "Filesystem");

    private static final String IMMUTABLE =
            "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims";

    private StorageRules() {
    }

    static void claimDefaults(ObjectNode object) {
        PlainRules.missing(object.withObjectProperty("spec"), "volumeMode", "Filesystem");
        PlainRules.missing(object.withObjectProperty("status"), "phase", "Pending");
    }

    static void claim(At claim) {
        At spec = claim.field("spec");
        accessModes(spec.field("accessModes"));
        storage(spec.field("resources").field("requests"), spec.field("resources"));
        spec.field("volumeMode").oneOf(VOLUME_MODES);
        if (!spec.field("storageClassName").text().isEmpty()) {
            spec.check().dnsSubdomain(spec.path() + ".storageClassName", spec.field("storageClassName").text());
        }
        spec.check().labelSelector(spec.path() + ".selector", spec.field("selector").node());
    }

    private static void accessModes(At modes) {
        if (modes.node().isEmpty()) {
            modes.required("at least 1 access mode is required");
        }
        modes.items().forEach(mode -> mode.oneOf(ACCESS_MODES));
    }

    /** Amounts of storage, and where it is said that there are none. */
    private static void storage(At amounts, At missing) {
        At storage = amounts.key("storage");
        if (!storage.present()) {
            missing.key("storage").required("");
        } else if (Quantity.of(storage.node()).signum() <= 0) {
            missing.check().invalid(missing.path() + "[storage]", storage.text(), "must be greater than zero");
        }
    }

    /** A claim that is bound may grow; nothing else changes, save the volume that the binder names. */
    static void claimUpdate(At now, At old) {
        ObjectNode before = fixed(old);
        if (before.path("volumeName").asString("").isEmpty()) {
            before.remove("volumeName");
            fixedVolume(now, before);
        }
        if (!fixed(now).equals(before)) {
            now.field("spec").forbidden(IMMUTABLE);
        }
        At wanted = now.field("spec").field("resources").field("requests").key("storage");
        At had = old.field("spec").field("resources").field("requests").key("storage");
        if (!wanted.present() || !had.present()) {
            return;
        }
        int change = Quantity.of(wanted.node()).compareTo(Quantity.of(had.node()));
        boolean bound = old.field("status").field("phase").text().equals("Bound");
        if (change != 0 && !bound) {
            now.field("spec").forbidden(IMMUTABLE);
        } else if (change < 0) {
            wanted.check().forbidden("spec.resources.requests.storage", "field can not be less than status.capacity");
        }
    }

    private static void fixedVolume(At now, ObjectNode before) {
        String volume = now.field("spec").field("volumeName").text();
        if (!volume.isEmpty()) {
            before.put("volumeName", volume);
        }
    }

    private static ObjectNode fixed(At claim) {
        ObjectNode spec = claim.field("spec").node().isObject() ? (ObjectNode) claim.field("spec").node().deepCopy()
                : Json.object();
        spec.remove(List.of("resources", "volumeAttributesClassName"));
        return spec;
    }

    static void volumeDefaults(ObjectNode object) {
        ObjectNode spec = object.withObjectProperty("spec");
        PlainRules.missing(spec, "persistentVolumeReclaimPolicy", "Retain");
        PlainRules.missing(spec, "volumeMode", "Filesystem");
        PlainRules.missing(object.withObjectProperty("status"), "phase", "Pending");
    }

    static void volume(At volume) {
        At spec = volume.field("spec");
        accessModes(spec.field("accessModes"));
        if (!spec.field("capacity").key("storage").present()) {
            spec.field("capacity").required("");
        } else {
            storage(spec.field("capacity"), spec.field("capacity"));
        }
        spec.field("persistentVolumeReclaimPolicy").oneOf(List.of("Delete", "Recycle", "Retain"));
        spec.field("volumeMode").oneOf(VOLUME_MODES);
    }

    static void storageClassDefaults(ObjectNode object) {
        PlainRules.missing(object, "reclaimPolicy", "Delete");
        PlainRules.missing(object, "volumeBindingMode", "Immediate");
    }

    static void storageClass(At storageClass) {
        if (storageClass.field("provisioner").text().isEmpty()) {
            storageClass.field("provisioner").required("");
        }
        storageClass.field("reclaimPolicy").oneOf(List.of("Delete", "Retain"));
        storageClass.field("volumeBindingMode").oneOf(List.of("Immediate", "WaitForFirstConsumer"));
    }

    static void storageClassUpdate(At now, At old) {
        for (String field : List.of("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode")) {
            if (!now.field(field).node().equals(old.field(field).node())) {
                now.field(field).forbidden("updates to " + field + " are forbidden.");
            }
        }
    }
}
