package dev.fairway.operator;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;

/** A page that somebody wants published. */
@Group("test.fairway.dev")
@Version("v1")
public class Site extends CustomResource<Site.Spec, Site.Status> implements Namespaced {
    private static final long serialVersionUID = 1;

    /** What is wanted. */
    public static class Spec {
        public String page;
    }

    /** What is there. */
    public static class Status {
        public String published;
    }
}
