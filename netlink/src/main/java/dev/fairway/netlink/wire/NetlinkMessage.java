package dev.fairway.netlink.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * One received message: its header and what follows it.
 *
 * @param header the message's header
 * @param payload the bytes after the header, in the machine's byte order, position 0
 */
public record NetlinkMessage(NetlinkHeader header, ByteBuffer payload) {

    /** {@code NLMSG_ALIGN}: the next multiple of 4. */
    public static int align(int length) {
        return (length + 3) & ~3;
    }

    /**
     * Splits a datagram into its messages; their payloads are views of {@code datagram}.
     *
     * @throws MalformedMessageException if a length does not fit
     */
    public static List<NetlinkMessage> split(ByteBuffer datagram) {
        var buffer = datagram.duplicate().order(ByteOrder.nativeOrder());
        var messages = new ArrayList<NetlinkMessage>();
        while (buffer.hasRemaining()) {
            int start = buffer.position();
            var header = NetlinkHeader.read(buffer);
            var payload = buffer.slice(start + NetlinkHeader.SIZE, header.length() - NetlinkHeader.SIZE)
                    .order(ByteOrder.nativeOrder());
            messages.add(new NetlinkMessage(header, payload));
            buffer.position(Math.min(start + align(header.length()), buffer.limit()));
        }
        return messages;
    }

    /** The attributes that follow a family header of {@code familyHeaderSize} bytes. */
    public Attributes attributes(int familyHeaderSize) {
        int start = align(familyHeaderSize);
        if (payload.limit() < start) {
            throw new MalformedMessageException(
                    "message type " + header.type() + ": " + payload.limit() + " bytes, header needs " + start);
        }
        return Attributes.parse(payload.slice(start, payload.limit() - start));
    }
}
