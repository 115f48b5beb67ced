package dev.fairway.apiserver.handler;

import dev.fairway.apiserver.encode.Encoder;
import dev.fairway.apiserver.errors.StatusException;
import dev.fairway.apiserver.request.Response;
import dev.fairway.apiserver.storage.Objects;
import dev.fairway.apiserver.storage.StoredObject;
import dev.fairway.apiserver.watch.EventSource;
import dev.fairway.apiserver.watch.ResourceEvent;
import dev.fairway.apiserver.watch.WatchEndedException;
import dev.fairway.apiserver.watch.WatchMetrics;
import dev.fairway.store.CompactedException;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** watch: what exists, where asked for, then every change that a client's selectors let through. */
final class Watches {
    /** How long a watch lasts where the client does not say: 30 to 60 minutes. */
    private static final long DEFAULT_SECONDS = 1800;
    private static final Duration BOOKMARK_EVERY = Duration.ofSeconds(55);

    private final Scope scope;
    private final Encoder encoder;
    private final ListQuery query;
    private final Filter filter;
    private final String prefix;
    private final WatchMetrics.Sent sent;
    private boolean first = true;

    private Watches(Scope scope, ListQuery query) {
        this.scope = scope;
        this.encoder = scope.encoder();
        this.query = query;
        this.filter = Filter.of(scope.resource(), scope.version(), query);
        String namespace = scope.namespace();
        if (namespace.isEmpty()) {
            namespace = query.fields().requiredNamespace().orElse("");
        }
        this.prefix = Objects.prefix(scope.resource(), namespace);
        this.sent = scope.machinery().hubs().metrics().of(scope.resource().group(), scope.version(), scope.resource().plural());
    }

    static Response watch(Scope scope) {
        ListQuery query = ListQuery.of(scope);
        Watches watch = new Watches(scope, query);
        long revision = query.revision().orElse(0);
        boolean wantsInitial = query.initialEvents().orElse(revision == 0);
        Reads.Listing initial = wantsInitial ? Reads.select(scope, watch.initialQuery()) : null;
        EventSource source;
        if (initial != null) {
            source = watch.open(initial.meta().resourceVersion());
        } else if (revision == 0) {
            source = watch.open(scope.machinery().objects().store().revision());
        } else {
            try {
                source = watch.open(revision);
            } catch (StatusException e) {
                if (e.code() != 410) {
                    throw e;
                }
                return watch.goneStream(e);
            }
        }
        return new Response.Streaming(200, watch.encoder.streamContentType(), scope.headers(),
                (out, gone) -> watch.run(out, gone, source, initial == null ? List.of() : initial.objects(),
                        initial == null ? -1 : initial.meta().resourceVersion()));
    }

    private ListQuery initialQuery() {
        return new ListQuery(query.labels(), query.fields(), query.revision(), ListQuery.Match.UNSET, "", 0,
                query.timeout(), false, query.initialEvents());
    }

    private EventSource open(long afterRevision) {
        String name = query.fields().requiredName().orElse("");
        boolean oneKey = !name.isEmpty() && (!scope.resource().namespaced() || !prefix.equals(scope.resource().keyPrefix()));
        return scope.machinery().hubs().watch(scope.resource(), oneKey ? prefix + name : prefix, afterRevision);
    }

    /** A watch from too far back: answered with 200 and one ERROR event, as clients expect. */
    private Response goneStream(StatusException e) {
        byte[] frame = encoder.frame("ERROR", e.toStatus());
        return new Response.Whole(200, encoder.streamContentType(), frame);
    }

    private void run(OutputStream out, Response.ClientGone gone, EventSource source, List<StoredObject> initial,
                     long initialRevision) throws IOException, InterruptedException {
        try (source) {
            gone.whenGone(source::close);
            for (StoredObject object : initial) {
                write(out, encoder.frame("ADDED", object, first));
            }
            if (initialRevision >= 0 && query.bookmarks() && query.initialEvents().orElse(false)) {
                write(out, encoder.bookmark(initialRevision, true, first));
            }
            out.flush();
            follow(out, source);
        } catch (WatchEndedException e) {
            System.getLogger(Watches.class.getName()).log(System.Logger.Level.DEBUG,
                    () -> "watch of " + scope.resource().qualifiedName() + " ended: " + e.getMessage());
            if (e.getCause() instanceof CompactedException compacted) {
                write(out, encoder.frame("ERROR", dev.fairway.apiserver.errors.Errors.expired(
                        "too old resource version: " + compacted.requested()).toStatus()));
            }
        }
    }

    private void follow(OutputStream out, EventSource source) throws IOException, InterruptedException {
        long seconds = query.timeout().orElseGet(() -> DEFAULT_SECONDS + ThreadLocalRandom.current().nextLong(DEFAULT_SECONDS));
        long end = System.nanoTime() + Duration.ofSeconds(Math.min(seconds, 1L << 31)).toNanos();
        long nextBookmark = System.nanoTime() + BOOKMARK_EVERY.toNanos();
        while (true) {
            long now = System.nanoTime();
            long until = Math.min(end, nextBookmark) - now;
            ResourceEvent event = source.poll(Duration.ofNanos(Math.max(until, 0)));
            if (event != null) {
                deliver(out, event);
                if (source.isIdle()) {
                    out.flush();
                }
            } else if (end - System.nanoTime() <= 0) {
                if (query.bookmarks()) {
                    out.flush();
                }
                return;
            } else {
                nextBookmark = System.nanoTime() + BOOKMARK_EVERY.toNanos();
                if (query.bookmarks()) {
                    source.requestProgress();
                }
            }
        }
    }

    private void deliver(OutputStream out, ResourceEvent event) throws IOException {
        if (event.isProgress()) {
            if (query.bookmarks()) {
                write(out, encoder.bookmark(event.revision(), false, first));
            }
            return;
        }
        boolean open = filter.isOpen();
        boolean matched = event.previous() != null && (open || filter.matches(event.previousTree()));
        boolean matches = event.now() != null && (open || filter.matches(event.nowTree()));
        if (matches) {
            send(out, event, matched ? "MODIFIED" : "ADDED", event.now());
        } else if (matched) {
            send(out, event, "DELETED", event.previous().at(event.revision()));
        }
    }

    private void send(OutputStream out, ResourceEvent event, String type, StoredObject object) throws IOException {
        write(out, event.frame(encoder.frameKey(type, first), () -> encoder.frame(type, object, first)));
    }

    private void write(OutputStream out, byte[] frame) throws IOException {
        first = false;
        out.write(frame);
        sent.event(frame.length);
    }
}
