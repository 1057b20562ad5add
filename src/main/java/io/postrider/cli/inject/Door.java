package io.postrider.cli.inject;

import java.util.Optional;
import javax.net.ssl.SSLContext;

/** The way in that an injection takes. */
public sealed interface Door {

    /**
     * As an SMTP client.
     *
     * @param tls begins with STARTTLS, whoever's certificate it is
     * @param login shown by AUTH PLAIN
     */
    record Smtp(Optional<SSLContext> tls, Optional<Login> login) implements Door {

        /** In plain text, by nobody in particular. */
        public Smtp() {
            this(Optional.empty(), Optional.empty());
        }
    }

    /** Who logs in. */
    record Login(String user, String password) {

        @Override
        public String toString() {
            return user;
        }
    }

    /**
     * As an HTTP client that keeps its connections alive: each message with a plain text in a request of its own, or
     * many in a batch.
     *
     * @param batch messages in a request, 1 to 1,000; 1 posts to {@code /v1/message}
     * @param lines whether a batch is {@code application/x-ndjson} and not one JSON object
     * @param key the API key; empty where the server trusts this host
     * @param again gives every message an idempotency key of its own, and sends again what got no answer
     */
    record Http(int batch, boolean lines, Optional<String> key, boolean again) implements Door {

        public Http {
            if (batch < 1 || batch > 1000) {
                throw new IllegalArgumentException("expected 1 to 1,000 messages in a batch, but got " + batch);
            }
        }

        /** One message a request, without a key. */
        public static Http single() {
            return new Http(1, false, Optional.empty(), false);
        }
    }
}
