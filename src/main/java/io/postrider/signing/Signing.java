package io.postrider.signing;

import io.postrider.mail.Domain;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/** Puts the signatures before a message that is otherwise done. Safe for all threads. */
public interface Signing {

    /** Signs nothing. */
    Signing NONE = new Signing() {
        @Override
        public boolean isOff() {
            return true;
        }

        @Override
        public CompletionStage<byte[]> sign(byte[] message, String tenant, Predicate<Domain> mayUse, Instant at) {
            return CompletableFuture.completedStage(message);
        }
    };

    /** Whether no message is ever signed, so that nobody need ask. */
    boolean isOff();

    /**
     * The message with its signatures in front, or the same bytes when no signer is for its author.
     *
     * @param message the final bytes, lines ended by CRLF; not changed by anybody from now on
     * @param tenant of the message, or empty
     * @param mayUse whether the sender may speak in the name of a domain; one that it may not is never signed for
     * @param at for {@code t=}
     * @return fails with {@link io.postrider.store.Overloaded} when too much waits, with {@link SigningFailed} when a key
     *     that should sign cannot; completes on a thread of the signing, or at once
     */
    CompletionStage<byte[]> sign(byte[] message, String tenant, Predicate<Domain> mayUse, Instant at);
}
