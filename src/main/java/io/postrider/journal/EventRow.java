package io.postrider.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.PersistentRepr$;
import org.apache.pekko.serialization.Serialization;

/**
 * An event as a row: version, serializer, time, three texts behind their lengths of two bytes (the serializer's
 * manifest, the writer, the event adapter's manifest), and the event itself to the end.
 */
final class EventRow {

    private static final byte VERSION = 1;

    private EventRow() {}

    static byte[] write(PersistentRepr event, Serialization serialization) {
        Rows.Serialized payload = Rows.Serialized.of(event.payload(), serialization);
        byte[] manifest = payload.manifest().getBytes(StandardCharsets.UTF_8);
        byte[] writer = event.writerUuid().getBytes(StandardCharsets.UTF_8);
        byte[] adapter = event.manifest().getBytes(StandardCharsets.UTF_8);
        ByteBuffer row = ByteBuffer.allocate(1
                + Integer.BYTES
                + Long.BYTES
                + 6
                + manifest.length
                + writer.length
                + adapter.length
                + payload.bytes().length);
        row.put(VERSION).putInt(payload.serializer()).putLong(event.timestamp());
        text(row, manifest);
        text(row, writer);
        text(row, adapter);
        return row.put(payload.bytes()).array();
    }

    /** @throws RuntimeException when the row or the event in it cannot be read: an event is never skipped */
    static PersistentRepr read(byte[] key, byte[] row, Serialization serialization) {
        ByteBuffer in = ByteBuffer.wrap(row);
        byte version = in.get();
        if (version != VERSION) {
            throw new IllegalStateException(
                    "expected an event row of version " + VERSION + " for " + Rows.idOf(key) + ", but got " + version);
        }
        int serializer = in.getInt();
        long timestamp = in.getLong();
        String manifest = Rows.readText(in);
        String writer = Rows.readText(in);
        String adapter = Rows.readText(in);
        byte[] payload = new byte[in.remaining()];
        in.get(payload);
        Object event = new Rows.Serialized(serializer, manifest, payload).object(serialization);
        return PersistentRepr$.MODULE$
                .apply(event, Rows.lastNumberOf(key), Rows.idOf(key), adapter, false, ActorRef.noSender(), writer)
                .withTimestamp(timestamp);
    }

    private static void text(ByteBuffer row, byte[] utf8) {
        if (utf8.length > 0xFFFF) {
            throw new IllegalArgumentException("expected a manifest of at most 65535 bytes, but got " + utf8.length);
        }
        row.putShort((short) utf8.length).put(utf8);
    }
}
