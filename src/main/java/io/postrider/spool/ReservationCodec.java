package io.postrider.spool;

import io.postrider.mail.MessageId;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;

/** A reservation as bytes; name and place are in its key. The first byte is the version, whose meaning never changes. */
final class ReservationCodec {

    private static final byte VERSION = 1;
    private static final byte RESERVED = 0;
    private static final byte ANSWERED = 1;
    private static final int HEAD = 2 + Fingerprint.BYTES + 3 * Long.BYTES;

    private ReservationCodec() {}

    static byte[] encode(Reservation reservation) {
        int textBytes = reservation
                .answer()
                .map(answer -> Short.BYTES + answer.text().length)
                .orElse(0);
        ByteBuffer row = ByteBuffer.allocate(HEAD + textBytes).put(VERSION);
        row.put(reservation.answer().isPresent() ? ANSWERED : RESERVED);
        reservation.payload().write(row);
        row.putLong(reservation.id().high()).putLong(reservation.id().low());
        row.putLong(reservation.at().toEpochMilli());
        reservation.answer().ifPresent(answer -> row.putShort((short) answer.code())
                .put(answer.text()));
        return row.array();
    }

    static Reservation decode(Fingerprint name, int place, byte[] bytes) {
        ByteBuffer row = ByteBuffer.wrap(bytes);
        byte version = row.get();
        if (version != VERSION) {
            throw new IllegalStateException("expected a reservation of version " + VERSION + ", but got " + version
                    + ": the store was written by a later release");
        }
        byte state = row.get();
        Fingerprint payload = Fingerprint.read(row);
        MessageId id = new MessageId(row.getLong(), row.getLong());
        Instant at = Instant.ofEpochMilli(row.getLong());
        Optional<Reservation.Answer> answer = Optional.empty();
        if (state == ANSWERED) {
            int code = row.getShort();
            byte[] text = new byte[row.remaining()];
            row.get(text);
            answer = Optional.of(new Reservation.Answer(code, text));
        }
        return new Reservation(name, payload, id, at, answer, place);
    }
}
