package dev.fairway.apiserver.errors;

import dev.fairway.apiserver.errors.StatusException.Cause;
import dev.fairway.apiserver.errors.StatusException.Details;
import dev.fairway.apiserver.registry.ResourceDefinition;
import dev.fairway.apiserver.request.Attributes;
import dev.fairway.schema.FieldError;
import java.util.List;
import java.util.stream.Collectors;

/** The errors of the API, worded as Kubernetes words them, since clients and people match on the words. */
public final class Errors {
    private Errors() {
    }

    public static StatusException notFound(ResourceDefinition resource, String name) {
        return new StatusException(404, "NotFound", resource.qualifiedName() + " \"" + name + "\" not found",
                about(resource, name));
    }

    /** A path that nothing serves. */
    public static StatusException noSuchPath() {
        return new StatusException(404, "NotFound", "the server could not find the requested resource",
                new Details("", "", "", "", List.of(), 0));
    }

    public static StatusException alreadyExists(ResourceDefinition resource, String name) {
        return new StatusException(409, "AlreadyExists", resource.qualifiedName() + " \"" + name + "\" already exists",
                about(resource, name));
    }

    /** Every generated name was taken. */
    public static StatusException generateNameConflict(ResourceDefinition resource, String name) {
        StatusException plain = alreadyExists(resource, name);
        return new StatusException(409, "AlreadyExists",
                plain.getMessage() + ", the server was not able to generate a unique name for the object",
                new Details(name, resource.group(), resource.plural(), "", List.of(), 1));
    }

    public static StatusException conflict(ResourceDefinition resource, String name, String why) {
        return new StatusException(409, "Conflict",
                "Operation cannot be fulfilled on " + resource.qualifiedName() + " \"" + name + "\": " + why,
                about(resource, name));
    }

    /** An update names another UID than the object has; an empty one when there is no such object. */
    public static StatusException wrongUid(ResourceDefinition resource, String key, String name, String given, String actual) {
        return conflict(resource, name, "StorageError: invalid object, Code: 4, Key: " + key + ", ResourceVersion: 0, "
                + "AdditionalErrorMsg: Precondition failed: UID in precondition: " + given + ", UID in object meta: " + actual);
    }

    /** An applied configuration that does not fit the type. */
    public static StatusException untypedPatch(ResourceDefinition resource, String version, String namespace, String name, String why) {
        return badRequest("failed to create typed patch object (" + namespace + "/" + name + "; " + resource.group() + "/" + version
                + ", Kind=" + resource.kind() + "): " + why);
    }

    /** An apply that names a UID creates nothing. */
    public static StatusException noSuchUid(ResourceDefinition resource, String name, String uid) {
        return conflict(resource, name, "uid mismatch: the provided object specified uid " + uid + ", and no existing object was found");
    }

    /** The object was written since the client read it. */
    public static StatusException modified(ResourceDefinition resource, String name) {
        return conflict(resource, name, "the object has been modified; please apply your changes to the latest version"
                + " and try again");
    }

    /** A server-side apply that would take fields from other managers. */
    public static StatusException applyConflict(String message, List<Cause> causes) {
        return new StatusException(409, "Conflict", message, new Details("", "", "", "", causes, 0));
    }

    /** 422 with one cause per field. */
    public static StatusException invalid(String group, String kind, String name, List<FieldError> errors) {
        String list = errors.size() == 1
                ? errors.getFirst().error()
                : errors.stream().map(FieldError::error).distinct().collect(Collectors.joining(", ", "[", "]"));
        String qualified = group.isEmpty() ? kind : kind + "." + group;
        List<Cause> causes = errors.stream()
                .map(each -> new Cause(each.type().cause(), each.body(), each.field()))
                .toList();
        return new StatusException(422, "Invalid", qualified + " \"" + name + "\" is invalid: " + list,
                new Details(name, group, kind, "", causes, 0));
    }

    /** The object of a request is not the one of its path. */
    public static StatusException wrongName(String given, String expected) {
        return badRequest(given.isEmpty()
                ? "the name of the object (" + expected + " based on URL) was undeterminable: name must be provided"
                : "the name of the object (" + given + ") does not match the name on the URL (" + expected + ")");
    }

    /** The object of a request is not in the namespace of its path. */
    public static StatusException wrongNamespace(String given, String expected) {
        return badRequest("the namespace of the object (" + given + ") does not match the namespace on the request (" + expected + ")");
    }

    public static StatusException badRequest(String message) {
        return new StatusException(400, "BadRequest", message, null);
    }

    /** A patch that is well-formed but cannot be carried out. Kubernetes does not tell the client why. */
    public static StatusException patchFailed() {
        return new StatusException(422, "Invalid",
                "the server rejected our request due to an error in our request", new Details("", "", "", "", List.of(), 0));
    }

    public static StatusException unauthorized() {
        return new StatusException(401, "Unauthorized", "Unauthorized", null);
    }

    public static StatusException forbidden(ResourceDefinition resource, String name, String why) {
        String subject = name.isEmpty() ? resource.qualifiedName() : resource.qualifiedName() + " \"" + name + "\"";
        return new StatusException(403, "Forbidden", subject + " is forbidden: " + why, about(resource, name));
    }

    /** A refusal with the whole message given, such as for a path that is no resource. */
    public static StatusException forbidden(String message) {
        return new StatusException(403, "Forbidden", message, new Details("", "", "", "", List.of(), 0));
    }

    /** The authorizer's refusal. */
    public static StatusException denied(Attributes wanted, String reason) {
        String why = reason.isEmpty() ? "" : ": " + reason;
        String user = "User \"" + wanted.user().name() + "\" cannot " + wanted.verb();
        if (!wanted.isResource()) {
            return forbidden("forbidden: " + user + " path \"" + wanted.path() + "\"" + why);
        }
        String qualified = wanted.group().isEmpty() ? wanted.resource() : wanted.resource() + "." + wanted.group();
        String subject = wanted.name().isEmpty() ? qualified : qualified + " \"" + wanted.name() + "\"";
        String resource = wanted.subresource().isEmpty() ? wanted.resource() : wanted.resource() + "/" + wanted.subresource();
        String where = wanted.namespace().isEmpty() ? " at the cluster scope"
                : " in the namespace \"" + wanted.namespace() + "\"";
        return new StatusException(403, "Forbidden", subject + " is forbidden: " + user + " resource \"" + resource
                + "\" in API group \"" + wanted.group() + "\"" + where + why,
                new Details(wanted.name(), wanted.group(), wanted.resource(), "", List.of(), 0));
    }

    /** Nothing may be created in a namespace that is going away. */
    public static StatusException namespaceTerminating(ResourceDefinition resource, String name, String namespace) {
        StatusException plain = forbidden(resource, name,
                "unable to create new content in namespace " + namespace + " because it is being terminated");
        var cause = new Cause("NamespaceTerminating", "namespace " + namespace + " is being terminated",
                "metadata.namespace");
        return new StatusException(403, "Forbidden", plain.getMessage(),
                new Details(name, resource.group(), resource.plural(), "", List.of(cause), 0));
    }

    public static StatusException methodNotAllowed(String message) {
        return new StatusException(405, "MethodNotAllowed", message, new Details("", "", "", "", List.of(), 0));
    }

    public static StatusException notAcceptable(List<String> accepted) {
        return new StatusException(406, "NotAcceptable",
                "only the following media types are accepted: " + String.join(", ", accepted), null);
    }

    public static StatusException unsupportedMediaType(List<String> accepted) {
        return new StatusException(415, "UnsupportedMediaType",
                "the body of the request was in an unknown format - accepted media types include: "
                        + String.join(", ", accepted), null);
    }

    /** The resource version is too old to be served. */
    public static StatusException expired(String message) {
        return new StatusException(410, "Expired", message, null);
    }

    /** The snapshot of a paged list is gone; the token goes on from whatever is newest. */
    public static StatusException expiredContinue(String freshToken) {
        return new StatusException(410, "Expired",
                "The provided continue parameter is too old to display a consistent list result. You can start a new list"
                        + " without the continue parameter, or use the continue token in this response to retrieve the"
                        + " remainder of the results. Continuing with the provided token results in an inconsistent list"
                        + " - objects that were created, modified, or deleted between the time the first chunk was"
                        + " returned and now may show up in the list.", null, freshToken);
    }

    /** The resource version has not happened yet. */
    public static StatusException tooLargeResourceVersion(long requested, long current) {
        var cause = new Cause("ResourceVersionTooLarge", "Too large resource version", "");
        return new StatusException(504, "Timeout",
                "Timeout: Too large resource version: " + requested + ", current: " + current,
                new Details("", "", "", "", List.of(cause), 1));
    }

    public static StatusException requestTooLarge(String message) {
        return new StatusException(413, "RequestEntityTooLarge", "Request entity too large: " + message, null);
    }

    public static StatusException tooManyRequests(String message, int retryAfterSeconds) {
        return new StatusException(429, "TooManyRequests", message,
                new Details("", "", "", "", List.of(), retryAfterSeconds));
    }

    public static StatusException tooManyRequests(String message, Cause cause) {
        return new StatusException(429, "TooManyRequests", message, new Details("", "", "", "", List.of(cause), 0));
    }

    public static StatusException unavailable(String message) {
        return new StatusException(503, "ServiceUnavailable", message, null);
    }

    public static StatusException internal(String message) {
        return new StatusException(500, "InternalError", "Internal error occurred: " + message,
                new Details("", "", "", "", List.of(new Cause("", message, "")), 0));
    }

    private static Details about(ResourceDefinition resource, String name) {
        return new Details(name, resource.group(), resource.plural(), "", List.of(), 0);
    }
}
