package io.postrider.record;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How a recipient stands by what is recorded of it. */
public enum RecipientStatus {
    /** Open, and no attempt has failed. */
    QUEUED,
    /** Open, and tried again. */
    DEFERRED,
    DELIVERED,
    BOUNCED,
    EXPIRED,
    CANCELLED;

    /** As the API writes it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether it is settled and never tried again. */
    public boolean isFinal() {
        return this != QUEUED && this != DEFERRED;
    }

    /** Empty for a word that is none of these. */
    public static Optional<RecipientStatus> of(String word) {
        for (RecipientStatus status : values()) {
            if (status.word().equals(word)) {
                return Optional.of(status);
            }
        }
        return Optional.empty();
    }

    /** @param entries what is recorded of the recipient, in any order; the first final one counts */
    public static RecipientStatus of(List<HistoryEntry> entries) {
        RecipientStatus open = QUEUED;
        for (HistoryEntry entry : entries) {
            switch (entry.type()) {
                case ACCEPTED -> {}
                case DEFERRED -> open = DEFERRED;
                case DELIVERED -> {
                    return DELIVERED;
                }
                case BOUNCED, REJECTED -> {
                    return BOUNCED;
                }
                case EXPIRED -> {
                    return EXPIRED;
                }
                case CANCELLED -> {
                    return CANCELLED;
                }
            }
        }
        return open;
    }
}
