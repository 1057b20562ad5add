package io.postrider.sts;

import io.postrider.mail.Domain;
import java.util.concurrent.CompletionStage;

/** Where a domain's policy is fetched from. */
public interface PolicyHost {

    /** The text, or why there is none. */
    sealed interface Fetched {
        record Body(String text) implements Fetched {}

        record Failed(Failure failure, String reason) implements Fetched {}
    }

    /** What went wrong, as metrics name it. */
    enum Failure {
        /** No address, no connection, or no answer in time. */
        UNREACHABLE("unreachable"),
        /** Its certificate is not that of a host that we trust. */
        UNTRUSTED("untrusted"),
        /** An answer, but no policy: another status, another type, too long. */
        REFUSED("refused"),
        /** A text that is no policy. */
        MALFORMED("malformed"),
        /** Too many fetches at a time. */
        BUSY("busy");

        private final String label;

        Failure(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }
    }

    /** Completes within {@code egress.mta-sts.timeout}, on any thread, and never fails. */
    CompletionStage<Fetched> fetch(Domain domain);
}
