package io.postrider.record;

import io.postrider.event.QueueEvent.Kind;
import java.util.Optional;

/** What a line of the delivery log or a row of the history tells. The numbers are in the store: add, never reuse. */
public enum RecordType {
    ACCEPTED(1, "accepted"),
    DELIVERED(2, "delivered"),
    DEFERRED(3, "deferred"),
    BOUNCED(4, "bounced"),
    EXPIRED(5, "expired"),
    CANCELLED(6, "cancelled"),
    REJECTED(7, "rejected");

    private final int number;
    private final String word;

    RecordType(int number, String word) {
        this.number = number;
        this.word = word;
    }

    /** As the delivery log and the API write it. */
    public String word() {
        return word;
    }

    /** Whether a recipient with this record is settled and never tried again. */
    public boolean isFinal() {
        return switch (this) {
            case DELIVERED, BOUNCED, EXPIRED, CANCELLED, REJECTED -> true;
            case ACCEPTED, DEFERRED -> false;
        };
    }

    int number() {
        return number;
    }

    static Optional<RecordType> of(int number) {
        for (RecordType type : values()) {
            if (type.number == number) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /** Empty for a word that is none of these. */
    public static Optional<RecordType> of(String word) {
        for (RecordType type : values()) {
            if (type.word.equals(word)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    static RecordType of(Kind kind) {
        return switch (kind) {
            case DELIVERED -> DELIVERED;
            case DEFERRED -> DEFERRED;
            case BOUNCED -> BOUNCED;
            case EXPIRED -> EXPIRED;
            case CANCELLED -> CANCELLED;
        };
    }
}
