package io.postrider.ingress;

import io.postrider.mime.HeaderScan.OwnField;
import io.postrider.spool.Fingerprint;
import io.postrider.spool.Recipient;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;

/** The idempotency key that a message names in its {@code X-Postrider-Idempotency-Key} field. */
sealed interface MessageKey {

    String FIELD = "idempotency-key";
    String TITLE = "X-Postrider-Idempotency-Key: ";

    record None() implements MessageKey {}

    record Given(String key) implements MessageKey {}

    record Wrong(String detail) implements MessageKey {}

    MessageKey NONE = new None();

    static MessageKey read(List<OwnField> fields) {
        MessageKey found = NONE;
        for (OwnField field : fields) {
            if (!field.name().equals(FIELD)) {
                continue;
            }
            if (!found.equals(NONE)) {
                return new Wrong(TITLE + "expected once, but it is given twice");
            }
            if (!Idempotency.isKey(field.value())) {
                return new Wrong(TITLE + "expected 1 to " + Idempotency.LONGEST_KEY + " printable ASCII characters");
            }
            found = new Given(field.value());
        }
        return found;
    }

    /** Whose key it is: that of a user, or of all who use the listener without being one. */
    static String owner(Submission.Origin origin) {
        return origin.owner().isEmpty() ? "listener " + origin.listener() : origin.owner();
    }

    /** Of the envelope and the message as the client sent them; what we put in front is not among it. */
    static Fingerprint fingerprint(Submission submission) {
        MessageDigest digest = Fingerprint.digest();
        Fingerprint.add(digest, submission.sender().toString());
        Fingerprint.add(digest, submission.envelopeId());
        Fingerprint.add(digest, submission.ret());
        Fingerprint.add(digest, submission.needs().smtpUtf8() ? "SMTPUTF8" : "");
        for (Recipient recipient : submission.recipients()) {
            Fingerprint.add(digest, recipient.mailbox().toString());
            Fingerprint.add(digest, recipient.notifyOn());
            Fingerprint.add(digest, recipient.originalRecipient());
        }
        Fingerprint.add(digest, "");
        for (OwnField field : submission.fields()) {
            Fingerprint.add(digest, field.name());
            Fingerprint.add(digest, field.value());
        }
        digest.update("\r\n".getBytes(StandardCharsets.US_ASCII));
        digest.update(submission.bytes(), 0, submission.length());
        return Fingerprint.of(digest);
    }
}
