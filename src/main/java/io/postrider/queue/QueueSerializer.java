package io.postrider.queue;

import io.postrider.event.QueueEvent;
import io.postrider.event.QueueEventCodec;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/** Gives Pekko the bytes of events and snapshots. The manifests stand in the journal: they stay. */
public final class QueueSerializer extends SerializerWithStringManifest {

    private static final int IDENTIFIER = 25_020;
    private static final String EVENT = "e";
    private static final String SNAPSHOT = "s";

    @Override
    public int identifier() {
        return IDENTIFIER;
    }

    @Override
    public String manifest(Object message) {
        return message instanceof QueueSnapshot ? SNAPSHOT : EVENT;
    }

    @Override
    public byte[] toBinary(Object message) {
        return switch (message) {
            case QueueSnapshot snapshot -> snapshot.bytes();
            case QueueEvent event -> QueueEventCodec.toBytes(event);
            default ->
                throw new IllegalArgumentException("expected a queue event or snapshot, but got "
                        + message.getClass().getName());
        };
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) {
        return switch (manifest) {
            case EVENT -> QueueEventCodec.fromBytes(bytes);
            case SNAPSHOT -> new QueueSnapshot(bytes);
            default -> throw new IllegalArgumentException("expected manifest e or s, but got " + manifest);
        };
    }
}
