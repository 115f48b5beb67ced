package dev.fairway.apiserver.handler;

import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.request.Request;
import dev.fairway.apiserver.selector.FieldSelector;
import dev.fairway.apiserver.selector.LabelSelectors;
import dev.fairway.kube.LabelSelector;
import dev.fairway.schema.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The options of a list, watch or deletecollection, checked.
 *
 * @param revision      resourceVersion as a number; empty when it was not given
 * @param match         resourceVersionMatch
 * @param continueToken where to go on; empty for the first page
 * @param limit         items per page; 0 for all
 * @param timeout       seconds a watch may last, if the client said
 * @param bookmarks     whether the client takes bookmarks
 * @param initialEvents whether a watch starts with what exists; empty when not said
 */
record ListQuery(LabelSelector labels, FieldSelector fields, OptionalLong revision, Match match, String continueToken,
                 int limit, OptionalLong timeout, boolean bookmarks, Optional<Boolean> initialEvents) {

    /** How a resourceVersion is meant. */
    enum Match { UNSET, EXACT, NOT_OLDER_THAN }

    static ListQuery of(Scope scope) {
        Request request = scope.request();
        LabelSelector labels = LabelSelectors.parse(request.query("labelSelector"));
        FieldSelector fields = FieldSelector.parse(request.query("fieldSelector"), scope.resource());
        OptionalLong revision = number(request, "resourceVersion");
        OptionalLong limit = number(request, "limit");
        OptionalLong timeout = number(request, "timeoutSeconds");
        String continueToken = request.query("continue");
        Optional<Boolean> initialEvents = request.query("sendInitialEvents").isEmpty()
                ? Optional.empty() : Optional.of(request.flag("sendInitialEvents"));
        String matchText = request.query("resourceVersionMatch");
        Match match = switch (matchText) {
            case "" -> Match.UNSET;
            case "Exact" -> Match.EXACT;
            case "NotOlderThan" -> Match.NOT_OLDER_THAN;
            default -> throw invalid(List.of(FieldError.notSupported("resourceVersionMatch", matchText,
                    List.of("Exact", "NotOlderThan", ""))));
        };
        boolean watch = scope.info().verb().equals("watch");
        if (watch && !scope.name().isEmpty()) {
            fields = fields.named(scope.name());
        }
        var query = new ListQuery(labels, fields, revision, match, continueToken,
                (int) Math.min(limit.orElse(0), Integer.MAX_VALUE), timeout, request.flag("allowWatchBookmarks"), initialEvents);
        query.check(watch, request.query("resourceVersion"));
        return query;
    }

    private void check(boolean watch, String given) {
        List<FieldError> errors = new ArrayList<>();
        boolean streams = watch && initialEvents.isPresent();
        if (match != Match.UNSET && watch && initialEvents.isEmpty()) {
            errors.add(FieldError.forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"));
        } else if (match != Match.UNSET && !watch) {
            if (given.isEmpty()) {
                errors.add(FieldError.forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided"));
            }
            if (!continueToken.isEmpty()) {
                errors.add(FieldError.forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided"));
            }
            if (match == Match.EXACT && revision.orElse(0) == 0) {
                errors.add(FieldError.forbidden("resourceVersionMatch", "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""));
            }
        }
        if (streams && match != Match.NOT_OLDER_THAN) {
            errors.add(FieldError.forbidden("resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"));
        }
        if (!watch && initialEvents.isPresent()) {
            errors.add(FieldError.forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"));
        }
        if (!errors.isEmpty()) {
            throw invalid(errors);
        }
        if (!continueToken.isEmpty() && revision.orElse(0) != 0) {
            throw Errors.badRequest("specifying resource version is not allowed when using continue");
        }
    }

    private static OptionalLong number(Request request, String name) {
        String text = request.query(name);
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            long value = Long.parseLong(text);
            if (value >= 0) {
                return OptionalLong.of(value);
            }
        } catch (NumberFormatException e) {
            throw unusable(name, text);
        }
        throw unusable(name, text);
    }

    private static RuntimeException unusable(String name, String text) {
        return name.equals("resourceVersion")
                ? invalid(List.of(FieldError.invalid(name, text, "must be a non-negative number")))
                : Errors.badRequest(name + ": strconv.ParseInt: parsing \"" + text + "\": "
                + (text.matches("-[0-9]+") ? "value out of range" : "invalid syntax"));
    }

    private static RuntimeException invalid(List<FieldError> errors) {
        return Errors.invalid("meta.k8s.io", "ListOptions", "", errors);
    }
}
