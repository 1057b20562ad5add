package io.postrider.sts;

import io.postrider.mail.Domain;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/**
 * A kept policy as bytes. The first byte is the version, whose meaning never changes.
 *
 * <pre>
 * domain  ->  version, fetched at, used at (ms), length of the id, id, body
 * </pre>
 */
final class PolicyRow {

    private static final byte VERSION = 1;

    private PolicyRow() {}

    static byte[] key(Domain domain) {
        return domain.name().getBytes(StandardCharsets.UTF_8);
    }

    static byte[] encode(KeptPolicy kept) {
        byte[] id = kept.id().getBytes(StandardCharsets.US_ASCII);
        byte[] body = kept.body().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(2 + 2 * Long.BYTES + id.length + body.length)
                .put(VERSION)
                .putLong(kept.fetchedAt().toEpochMilli())
                .putLong(kept.usedAt().toEpochMilli())
                .put((byte) id.length)
                .put(id)
                .put(body)
                .array();
    }

    /** Empty when this release cannot read it: a policy is fetched anew then. */
    static Optional<KeptPolicy> decode(byte[] key, byte[] value) {
        ByteBuffer row = ByteBuffer.wrap(value);
        Optional<Domain> domain = Domain.parse(new String(key, StandardCharsets.UTF_8));
        if (row.get() != VERSION || domain.isEmpty()) {
            return Optional.empty();
        }
        Instant fetchedAt = Instant.ofEpochMilli(row.getLong());
        Instant usedAt = Instant.ofEpochMilli(row.getLong());
        String id = text(row, row.get());
        String body = text(row, row.remaining());
        return switch (PolicyReader.read(body)) {
            case PolicyReader.Reading.Read read ->
                Optional.of(new KeptPolicy(domain.get(), id, fetchedAt, usedAt, body, read.policy()));
            case PolicyReader.Reading.Malformed malformed -> Optional.empty();
        };
    }

    private static String text(ByteBuffer row, int length) {
        byte[] bytes = new byte[length];
        row.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
