package dev.fairway.controllers.garbagecollector;

import dev.fairway.kube.KubeObject;
import dev.fairway.kube.OwnerReference;
import dev.fairway.kube.client.DeleteOptions.Propagation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What becomes of an object, given the state of its owners. Pure. */
sealed interface Verdict {
    String FOREGROUND = "foregroundDeletion";
    String ORPHAN = "orphan";

    /** An owner that lives keeps it, or it has no owners at all. */
    record Keep() implements Verdict {}

    /** A living owner keeps it, but references to these owners have to go. */
    record DropReferences(List<String> uids) implements Verdict {}

    record Delete(Propagation propagation) implements Verdict {}

    /** How it stands with an owner. */
    enum OwnerState {
        /** It lives, or nobody can tell. */
        PRESENT,
        /** It does not exist, or another object has its name. */
        ABSENT,
        /** It is being deleted in the foreground and waits for its dependants. */
        WAITING
    }

    static boolean waits(KubeObject owner) {
        return owner.deleting() && owner.finalizers().contains(FOREGROUND);
    }

    /** @param hasDependants whether the object is an owner itself */
    static Verdict of(KubeObject object, Function<OwnerReference, OwnerState> owners, boolean hasDependants) {
        List<OwnerReference> references = object.ownerReferences();
        List<String> finished = new ArrayList<>();
        boolean kept = false;
        boolean waitedFor = false;
        for (OwnerReference reference : references) {
            switch (owners.apply(reference)) {
                case PRESENT -> kept = true;
                case ABSENT -> finished.add(reference.uid());
                case WAITING -> {
                    finished.add(reference.uid());
                    waitedFor = true;
                }
            }
        }
        if (references.isEmpty() || kept) {
            return finished.isEmpty() ? new Keep() : new DropReferences(finished);
        }
        if (waitedFor && hasDependants) {
            return new Delete(Propagation.Foreground);
        }
        if (object.finalizers().contains(ORPHAN)) {
            return new Delete(Propagation.Orphan);
        }
        return new Delete(object.finalizers().contains(FOREGROUND) ? Propagation.Foreground : Propagation.Background);
    }
}
