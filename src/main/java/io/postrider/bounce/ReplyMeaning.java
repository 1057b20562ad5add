package io.postrider.bounce;

import io.postrider.mail.EnhancedCode;
import io.postrider.mail.Reply;

/**
 * What a server's reply means for the message, or for the recipient, that it answers.
 *
 * <pre>
 *               MAIL            RCPT                       DATA            final dot
 * 2yz           GO_ON           GO_ON                      OUT_OF_PLACE    GO_ON
 * 354           OUT_OF_PLACE    OUT_OF_PLACE               GO_ON           OUT_OF_PLACE
 * 421           CLOSING         CLOSING                    CLOSING         CLOSING
 * 452, 552      DEFER, BOUNCE   TOO_MANY or DEFER          DEFER, BOUNCE   DEFER, BOUNCE
 * 4yz           DEFER           DEFER                      DEFER           DEFER
 * 503           OUT_OF_PLACE    OUT_OF_PLACE               OUT_OF_PLACE    OUT_OF_PLACE
 * 5yz           BOUNCE          BOUNCE                     BOUNCE          BOUNCE
 * </pre>
 */
public enum ReplyMeaning {
    GO_ON,
    /** To be tried again later; an attempt. */
    DEFER,
    /** Refused for good. */
    BOUNCE,
    /** The transaction takes no more recipients: this one belongs into the next (RFC 5321 §4.5.3.1.10). */
    TOO_MANY,
    /** Transient, and the server closes the connection (RFC 5321 §3.8). */
    CLOSING,
    /** Server and client disagree about where they are: transient, and the connection is of no more use. */
    OUT_OF_PLACE;

    /** What a reply answers. */
    public enum To {
        MAIL,
        RCPT,
        DATA,
        FINAL_DOT
    }

    public static ReplyMeaning of(To command, Reply reply) {
        if (reply.code() == 421) {
            return CLOSING;
        }
        if (reply.code() == 503) {
            return OUT_OF_PLACE;
        }
        if (reply.isPositive()) {
            return command == To.DATA ? OUT_OF_PLACE : GO_ON;
        }
        if (reply.isIntermediate()) {
            return command == To.DATA && reply.code() == 354 ? GO_ON : OUT_OF_PLACE;
        }
        // "a 552 ... the client SHOULD treat a 552 reply in this case as a temporary, rather than permanent, failure"
        if (command == To.RCPT && (reply.code() == 452 || reply.code() == 552)) {
            return isAboutNumberOfRecipients(reply) ? TOO_MANY : DEFER;
        }
        return reply.isTransient() ? DEFER : BOUNCE;
    }

    /** A reply by which a site asks for less: 421, or a policy (4.7.x) that holds for now. */
    public static boolean asksToSlowDown(Reply reply) {
        if (reply.code() == 421) {
            return true;
        }
        return reply.isTransient()
                && reply.enhanced().isPresent()
                && reply.enhanced().get().category() == 4
                && reply.enhanced().get().subject() == 7;
    }

    /** A bare 452 or 552 may mean that; with an enhanced code only x.5.3 does (RFC 3463 §3.6). */
    private static boolean isAboutNumberOfRecipients(Reply reply) {
        if (reply.enhanced().isEmpty()) {
            return true;
        }
        EnhancedCode code = reply.enhanced().get();
        return code.subject() == 5 && code.detail() == 3;
    }
}
