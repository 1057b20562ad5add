package io.postrider.smtp;

import io.postrider.mail.Identity;
import io.postrider.smtp.sasl.Claim;
import io.postrider.smtp.sasl.Exchange;
import io.postrider.smtp.sasl.Mechanism;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * AUTH in one session (RFC 4954): from the command over challenges and responses to a claim, and whom the session knows
 * then.
 *
 * <pre>
 * C: AUTH PLAIN AGFubgBzZWNyZXQ=
 * S: 235 2.7.0 Authentication succeeded
 * </pre>
 */
final class Authentication {

    /** Bytes of a response with its CRLF (RFC 4954 §4). */
    static final int LONGEST_LINE = 12_288;

    private static final int BEHIND_VERB = 4;

    private final AuthTerms terms;
    private final SessionHost host;
    private final boolean encrypted;
    private @Nullable Exchange exchange;
    private @Nullable Claim claim;
    private Optional<Identity> identity;

    /** @param guest whom the session knows before; a user needs no more than that */
    Authentication(AuthTerms terms, SessionHost host, boolean encrypted, Optional<Identity> guest) {
        this.terms = terms;
        this.host = host;
        this.encrypted = encrypted;
        this.identity = guest.filter(known -> known.kind() == Identity.Kind.USER);
    }

    /** Whom the client has shown to be. */
    Optional<Identity> identity() {
        return identity;
    }

    /** Whether the next line is a response. */
    boolean isUnderWay() {
        return exchange != null;
    }

    /** What is to be decided on, once. */
    @Nullable
    Claim takeClaim() {
        Claim taken = claim;
        claim = null;
        return taken;
    }

    /** Why there is no mail without more ado; null when there is. */
    @Nullable
    Canned obstacle() {
        if (!terms.required() || identity.isPresent()) {
            return null;
        }
        return mayBegin() ? ServerReplies.AUTH_FIRST : ServerReplies.TLS_FIRST;
    }

    private boolean mayBegin() {
        return encrypted || !terms.requireTls();
    }

    /** @return the reply; null: there is a claim first */
    @Nullable
    Canned begin(String line, boolean extended, boolean inTransaction) {
        if (!terms.offered()) {
            return ServerReplies.NOT_OFFERED;
        }
        if (!mayBegin()) {
            return ServerReplies.AUTH_NEEDS_TLS;
        }
        if (!extended) {
            return ServerReplies.EHLO_FIRST;
        }
        if (identity.isPresent()) {
            return ServerReplies.AUTH_AGAIN;
        }
        if (inTransaction) {
            return ServerReplies.AUTH_IN_TRANSACTION;
        }
        String[] words = line.substring(BEHIND_VERB).trim().split(" +", 3);
        if (words[0].isEmpty() || words.length > 2) {
            return ServerReplies.AUTH_SYNTAX;
        }
        Optional<Mechanism> mechanism =
                Mechanism.of(words[0]).filter(named -> named != Mechanism.SCRAM_SHA_256_PLUS || host.hasBindings());
        if (mechanism.isEmpty()) {
            return ServerReplies.NO_SUCH_MECHANISM;
        }
        Exchange begun = mechanism.get().begin(host);
        exchange = begun;
        if (words.length == 1) {
            return next(begun.begin());
        }
        // A single equals sign stands for an initial response of no bytes.
        return words[1].equals("=") ? next(begun.on(new byte[0])) : response(words[1]);
    }

    /** A line of the client to our challenge. @return as {@link #begin} */
    @Nullable
    Canned response(String line) {
        Exchange current = exchange;
        if (current == null) {
            throw new IllegalStateException("expected a response only to a challenge");
        }
        if (line.equals("*")) {
            exchange = null;
            return ServerReplies.AUTH_CANCELLED;
        }
        try {
            return next(current.on(Base64.getDecoder().decode(line)));
        } catch (IllegalArgumentException notBase64) {
            exchange = null;
            return ServerReplies.NOT_BASE64;
        }
    }

    private @Nullable Canned next(Exchange.Move move) {
        return switch (move) {
            case Exchange.Move.Challenge challenge -> Canned.challenge(challenge.text());
            case Exchange.Move.Claimed claimed -> {
                exchange = null;
                claim = claimed.claim();
                yield null;
            }
            case Exchange.Move.Malformed malformed -> {
                exchange = null;
                yield ServerReplies.BAD_RESPONSE;
            }
        };
    }

    /** A line came that is no response. */
    Canned lineRefused(Canned why) {
        exchange = null;
        return why.equals(ServerReplies.LINE_TOO_LONG) ? ServerReplies.RESPONSE_TOO_LONG : ServerReplies.NOT_BASE64;
    }

    Canned settled(AuthVerdict verdict) {
        return switch (verdict) {
            case AuthVerdict.Admitted admitted -> {
                identity = Optional.of(admitted.identity());
                yield ServerReplies.AUTHENTICATED;
            }
            case AuthVerdict.Refused refused -> ServerReplies.AUTH_FAILED;
            case AuthVerdict.Busy busy -> ServerReplies.AUTH_BUSY;
            case AuthVerdict.TooMany tooMany -> ServerReplies.AUTH_TOO_OFTEN;
            case AuthVerdict.Crowded crowded -> ServerReplies.USER_CROWDED;
        };
    }
}
