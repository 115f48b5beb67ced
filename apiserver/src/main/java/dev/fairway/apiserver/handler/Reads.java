package dev.fairway.apiserver.handler;

import dev.fairway.apiserver.encode.Encoder;
import dev.fairway.apiserver.encode.ListMeta;
import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.errors.StatusException;
import dev.fairway.apiserver.request.Response;
import dev.fairway.apiserver.storage.Objects;
import dev.fairway.apiserver.storage.StoredObject;
import dev.fairway.store.Entry;
import dev.fairway.store.Page;
import java.util.ArrayList;
import java.util.List;

/** get and list. */
final class Reads {
    /** How many entries a filtered list reads at a time. */
    /** How many objects are looked at before others have their turn. */
    private static final int TURN = 64;
    private static final int FILTER_CHUNK = 500;

    private Reads() {
    }

    static Response get(Scope scope) {
        Encoder encoder = scope.encoder();
        String wanted = scope.request().query("resourceVersion");
        if (!wanted.isEmpty()) {
            requireReached(scope, ListQuery.of(scope).revision().orElse(0));
        }
        StoredObject object = scope.machinery().objects().require(scope.resource(), scope.namespace(), scope.name());
        return answer(scope, encoder, 200, object);
    }

    /** An object as the answer of a request. */
    static Response answer(Scope scope, Encoder encoder, int status, StoredObject object) {
        return new Response.Whole(status, encoder.contentType(), scope.headers(), List.of(encoder.object(object)));
    }

    private static void requireReached(Scope scope, long revision) {
        long current = scope.machinery().objects().store().revision();
        if (revision > current) {
            throw Errors.tooLargeResourceVersion(revision, current);
        }
    }

    static Response list(Scope scope) {
        Encoder encoder = scope.encoder();
        ListQuery query = ListQuery.of(scope);
        Listing listing = select(scope, query);
        long parsed = encoder.listsAsStored() ? 0 : listing.objects.stream().mapToLong(object -> object.value().length).sum();
        return scope.machinery().parsing().run(parsed, () -> new Response.Whole(200, encoder.contentType(), scope.headers(),
                encoder.list(listing.objects, listing.meta)));
    }

    /** What a list finds. */
    record Listing(List<StoredObject> objects, ListMeta meta) {
    }

    /** Reads one page of what a query selects. */
    static Listing select(Scope scope, ListQuery query) {
        String namespace = scope.namespace();
        if (scope.resource().namespaced() && namespace.isEmpty()) {
            namespace = query.fields().requiredNamespace().orElse("");
        }
        String prefix = Objects.prefix(scope.resource(), namespace);
        String start = "";
        long revision = exactRevision(scope, query);
        if (!query.continueToken().isEmpty()) {
            ContinueToken token = ContinueToken.decode(query.continueToken());
            start = prefix + token.start();
            revision = Math.max(token.revision(), 0);
        }
        boolean filtered = !query.labels().requirements().isEmpty() || !query.fields().isEmpty();
        try {
            return filtered ? filtered(scope, query, prefix, start, revision) : plain(scope, query, prefix, start, revision);
        } catch (StatusException e) {
            if (e.code() == 410 && !query.continueToken().isEmpty()) {
                throw Errors.expiredContinue(new ContinueToken(-1, start.substring(prefix.length())).encode());
            }
            throw e;
        }
    }

    private static long exactRevision(Scope scope, ListQuery query) {
        long asked = query.revision().orElse(0);
        requireReached(scope, asked);
        return switch (query.match()) {
            case EXACT -> asked;
            case NOT_OLDER_THAN -> 0;
            case UNSET -> query.limit() > 0 ? asked : 0;
        };
    }

    private static Listing plain(Scope scope, ListQuery query, String prefix, String start, long revision) {
        Page page = scope.machinery().objects().page(scope.resource(), prefix, start, query.limit(), revision);
        List<StoredObject> objects = new ArrayList<>(page.entries().size());
        for (Entry entry : page.entries()) {
            objects.add(StoredObject.of(scope.resource(), entry));
        }
        String token = page.more() ? after(page.revision(), prefix, objects.getLast()) : "";
        return new Listing(objects, new ListMeta(page.revision(), token, page.more() ? page.remaining() : 0));
    }

    private static Listing filtered(Scope scope, ListQuery query, String prefix, String start, long revision) {
        Filter filter = Filter.of(scope.resource(), scope.version(), query);
        List<StoredObject> found = new ArrayList<>();
        String from = start;
        long snapshot = revision;
        while (true) {
            int chunk = query.limit() == 0 ? 0 : Math.max(query.limit(), FILTER_CHUNK);
            Page page = scope.machinery().objects().page(scope.resource(), prefix, from, chunk, snapshot);
            snapshot = page.revision();
            for (int i = 0; i < page.entries().size(); i++) {
                if (i % TURN == TURN - 1) {
                    // Nobody else would take the processor from a virtual thread.
                    Thread.yield();
                }
                StoredObject object = StoredObject.of(scope.resource(), page.entries().get(i));
                if (filter.matches(object)) {
                    found.add(object);
                    boolean full = query.limit() > 0 && found.size() == query.limit();
                    if (full) {
                        boolean more = page.more() || i + 1 < page.entries().size();
                        String token = more ? after(snapshot, prefix, object) : "";
                        return new Listing(found, new ListMeta(snapshot, token, 0));
                    }
                }
            }
            if (!page.more()) {
                return new Listing(found, new ListMeta(snapshot, "", 0));
            }
            from = page.entries().getLast().key() + '\0';
        }
    }

    private static String after(long revision, String prefix, StoredObject last) {
        return new ContinueToken(revision, last.key().substring(prefix.length()) + '\0').encode();
    }
}
