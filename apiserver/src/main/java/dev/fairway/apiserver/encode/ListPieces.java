package dev.fairway.apiserver.encode;

import dev.fairway.apiserver.request.Response;
import dev.fairway.apiserver.storage.StoredObject;
import java.util.AbstractList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A JSON list, made as it is sent: it holds what the store holds anyway, so that a slow client's answer takes no memory of
 * its own.
 */
final class ListPieces extends AbstractList<byte[]> implements Response.Sized {
    private static final byte[] COMMA = {','};
    private static final byte[] END = {']', '}', '\n'};

    private final byte[] start;
    private final List<StoredObject> objects;
    /** What has to be made of an object because it cannot be sent as it is stored; null for the others. */
    private final byte[][] made;
    private final long bytes;

    /** @param fits whether an object is sent as it is stored; {@code encode} makes the bytes of those that are not */
    ListPieces(byte[] start, List<StoredObject> objects, Predicate<StoredObject> fits, Function<StoredObject, byte[]> encode) {
        this.start = start;
        this.objects = objects;
        this.made = new byte[objects.size()][];
        long sum = start.length + END.length + Math.max(0, objects.size() - 1);
        for (int i = 0; i < made.length; i++) {
            StoredObject object = objects.get(i);
            if (fits.test(object)) {
                sum += object.jsonLength();
            } else {
                made[i] = encode.apply(object);
                sum += made[i].length;
            }
        }
        this.bytes = sum;
    }

    @Override
    public byte[] get(int index) {
        if (index == 0) {
            return start;
        }
        if (index == size() - 1) {
            return END;
        }
        int at = (index - 1) / 2;
        if (index % 2 == 0) {
            return COMMA;
        }
        return made[at] == null ? objects.get(at).toJson() : made[at];
    }

    @Override
    public int size() {
        return objects.isEmpty() ? 2 : 2 * objects.size() + 1;
    }

    @Override
    public long bytes() {
        return bytes;
    }
}
