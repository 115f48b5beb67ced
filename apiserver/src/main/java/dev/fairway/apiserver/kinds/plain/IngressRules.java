package dev.fairway.apiserver.kinds.plain;

import dev.fairway.apiserver.kinds.Check;
import dev.fairway.schema.FieldError;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Ingresses and IngressClasses. */
final class IngressRules {
    private static final int MAX_CONTROLLER = 250;
    private static final List<String> PATH_TYPES = List.of("Exact", "ImplementationSpecific", "Prefix");
    private static final List<String> UNSAFE = List.of("//", "/./", "/../", "%2f", "%2F");
    private static final List<String> UNSAFE_ENDS = List.of("/..", "/.");

    private IngressRules() {
    }

    static void ingress(At ingress) {
        At spec = ingress.field("spec");
        At backend = spec.field("defaultBackend");
        if (spec.field("rules").node().isEmpty() && !backend.present()) {
            spec.check().invalid(spec.path(), "null", "either `defaultBackend` or `rules` must be specified");
        }
        if (backend.present()) {
            backend(backend);
        }
        for (At rule : spec.field("rules").items()) {
            host(rule.field("host"));
            At http = rule.field("http");
            if (http.present() && http.field("paths").node().isEmpty()) {
                http.field("paths").required("");
            }
            http.field("paths").items().forEach(IngressRules::path);
        }
        for (At tls : spec.field("tls").items()) {
            tls.field("hosts").items().forEach(host -> host.check().wildcardSubdomain(host.path(), host.text()));
            subdomain(tls.field("secretName"));
        }
        subdomain(spec.field("ingressClassName"));
    }

    private static void subdomain(At at) {
        if (!at.text().isEmpty()) {
            at.check().dnsSubdomain(at.path(), at.text());
        }
    }

    private static void host(At host) {
        if (host.text().isEmpty()) {
            return;
        }
        if (Check.parseIp(host.text()).isPresent()) {
            host.invalid("must be a DNS name, not an IP address");
        }
        host.check().wildcardSubdomain(host.path(), host.text());
    }

    private static void path(At item) {
        At type = item.field("pathType");
        if (!type.present()) {
            type.required("pathType must be specified");
            return;
        }
        At path = item.field("path");
        boolean free = type.text().equals("ImplementationSpecific");
        if (!PATH_TYPES.contains(type.text())) {
            type.oneOf(PATH_TYPES);
        } else if (!path.text().startsWith("/") && !(free && path.text().isEmpty())) {
            path.check().invalid(path.path(), path.text(), "must be an absolute path");
        } else if (!free) {
            UNSAFE.stream().filter(path.text()::contains).forEach(each -> path.invalid("must not contain '" + each + "'"));
            UNSAFE_ENDS.stream().filter(path.text()::endsWith).forEach(each -> path.invalid("cannot end with '" + each + "'"));
        }
        backend(item.field("backend"));
    }

    private static void backend(At backend) {
        At service = backend.field("service");
        At resource = backend.field("resource");
        if (resource.present() && service.present()) {
            backend.check().invalid(backend.path(), "", "cannot set both resource and service backends");
        } else if (resource.present()) {
            reference(resource);
        } else if (service.present()) {
            At name = service.field("name");
            if (name.text().isEmpty()) {
                name.required("");
            } else {
                name.check().dnsLabel(name.path(), name.text());
            }
            port(backend, service.field("port"));
        } else {
            backend.check().invalid(backend.path(), "", "resource or service backend is required");
        }
    }

    private static void port(At backend, At port) {
        At name = port.field("name");
        At number = port.field("number");
        boolean numbered = number.node().asInt(0) != 0;
        if (!name.text().isEmpty() && numbered) {
            backend.check().invalid(backend.path(), "", "cannot set both port name & port number");
        } else if (!name.text().isEmpty()) {
            name.check().portName(name.path(), name.text());
        } else if (numbered) {
            number.check().port(number.path(), number.node().asInt());
        } else {
            backend.required("port name or number is required");
        }
    }

    private static void reference(At reference) {
        subdomain(reference.field("apiGroup"));
        reference.field("kind").requirePathSegment();
        reference.field("name").requirePathSegment();
    }

    static void classDefaults(ObjectNode object) {
        if (object.path("spec").get("parameters") instanceof ObjectNode parameters) {
            PlainRules.missing(parameters, "scope", "Cluster");
        }
    }

    static void ingressClass(At ingressClass) {
        At controller = ingressClass.field("spec").field("controller");
        if (controller.text().isEmpty()) {
            controller.required("");
        } else if (controller.text().length() > MAX_CONTROLLER) {
            controller.check().add(new FieldError(FieldError.Type.TOO_LONG, controller.path(), "",
                    "may not be more than " + MAX_CONTROLLER + " bytes"));
        } else {
            domainPrefixed(controller);
        }
        At parameters = ingressClass.field("spec").field("parameters");
        if (parameters.present()) {
            reference(parameters);
            At namespace = parameters.field("namespace");
            parameters.field("scope").oneOf(List.of("Cluster", "Namespace"));
            if (parameters.field("scope").text().equals("Cluster") && namespace.present()) {
                namespace.forbidden("`parameters.scope` is set to 'Cluster'");
            } else if (parameters.field("scope").text().equals("Namespace") && !namespace.present()) {
                namespace.required("`parameters.scope` is set to 'Namespace'");
            }
        }
    }

    private static void domainPrefixed(At at) {
        int slash = at.text().indexOf('/');
        if (slash <= 0 || slash == at.text().length() - 1) {
            at.invalid("must be a domain-prefixed path (such as \"acme.io/foo\")");
        } else {
            at.check().dnsSubdomain(at.path(), at.text().substring(0, slash));
        }
    }

    static void classUpdate(At now, At old) {
        now.field("spec").field("controller").immutable(old.field("spec").field("controller"));
    }
}
