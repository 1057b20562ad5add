package io.postrider.record;

import java.nio.ByteBuffer;

/**
 * What the store knows of one queue's records.
 *
 * @param watermark the events up to this sequence number are recorded; 0 when none is
 * @param totals absolute, over the queue's whole life
 */
record QueueRow(long watermark, Totals totals) {

    static final QueueRow NEW = new QueueRow(0, Totals.NONE);

    private static final byte VERSION = 1;
    private static final int BYTES = 1 + 7 * Long.BYTES;

    byte[] toBytes() {
        return ByteBuffer.allocate(BYTES)
                .put(VERSION)
                .putLong(watermark)
                .putLong(totals.accepted())
                .putLong(totals.delivered())
                .putLong(totals.bounced())
                .putLong(totals.expired())
                .putLong(totals.cancelled())
                .putLong(totals.released())
                .array();
    }

    /** @throws IllegalStateException when these are not the bytes of a row, which a newer version may have written */
    static QueueRow of(byte[] bytes) {
        if (bytes.length != BYTES || bytes[0] != VERSION) {
            throw new IllegalStateException("expected a queue's row of version " + VERSION + " and " + BYTES
                    + " bytes, but the store holds " + bytes.length + " bytes of version "
                    + (bytes.length > 0 ? bytes[0] : "none"));
        }
        ByteBuffer in = ByteBuffer.wrap(bytes, 1, BYTES - 1);
        return new QueueRow(
                in.getLong(),
                new Totals(in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getLong()));
    }
}
