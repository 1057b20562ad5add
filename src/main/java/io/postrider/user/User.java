package io.postrider.user;

import io.postrider.mail.Identity;
import io.postrider.mail.SenderDomains;
import io.postrider.smtp.sasl.Preparation;
import io.postrider.smtp.sasl.ScramKeys;
import java.time.Instant;

/**
 * A user as the file holds it.
 *
 * @param name prepared, 1 to 128 characters
 * @param createdAt to the second; when the password was set
 * @param hash of the password
 * @param scram of the same password
 * @param domains in whose name the user's mail may speak
 * @param tenant whose mail alone the user may hand in; empty: anybody's
 */
public record User(
        String name,
        Instant createdAt,
        PasswordHash hash,
        ScramKeys scram,
        SenderDomains domains,
        String tenant,
        UserLimits limits) {

    public static final int LONGEST_NAME = 128;
    public static final int LONGEST_TENANT = 128;

    /** Whether a user may be called so: in the form that clients' names are brought into. */
    public static boolean isName(String text) {
        return text.length() <= LONGEST_NAME
                && Preparation.of(text).filter(text::equals).isPresent();
    }

    /** Whether mail may be counted to a tenant of this name; empty: to anybody's. */
    static boolean isTenant(String text) {
        return text.length() <= LONGEST_TENANT && text.chars().noneMatch(Character::isISOControl);
    }

    public Identity identity() {
        return Identity.user(name, tenant, domains);
    }

    /** Shows no hash. */
    @Override
    public String toString() {
        return "User[" + name + "]";
    }
}
