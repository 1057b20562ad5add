package io.postrider.key;

import io.postrider.http.ApiKey;
import io.postrider.http.Scope;
import io.postrider.mail.Identity;
import io.postrider.mail.SenderDomains;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * A key as its file holds it.
 *
 * @param id names the key in records; not secret
 * @param name what its owner calls it, 1 to 128 printable characters
 * @param createdAt to the second
 * @param sha256 of the secret, 64 hexadecimal digits in lower case
 * @param rights what it is good for
 */
public record StoredKey(String id, String name, Instant createdAt, String sha256, Rights rights) {

    public static final int LONGEST_NAME = 128;
    public static final int LONGEST_TENANT = 128;

    /**
     * What a key is good for.
     *
     * @param scopes at least one
     * @param domains in whose name mail may speak that is handed in with it
     * @param tenant whose mail alone it is, at most 128 printable characters; empty: anybody's
     * @param expiresAt from then on it is void; empty: it never is
     */
    public record Rights(Set<Scope> scopes, SenderDomains domains, String tenant, Optional<Instant> expiresAt) {

        /** Of keys from before there were any: to hand in mail in any name, and to follow it. */
        static final Rights OF_FORMAT_1 =
                new Rights(Set.of(Scope.SEND, Scope.READ), SenderDomains.ANY, "", Optional.empty());

        public Rights {
            scopes = Set.copyOf(scopes);
            if (!isTenant(tenant)) {
                throw new IllegalArgumentException(
                        "expected a tenant of at most " + LONGEST_TENANT + " printable characters");
            }
        }
    }

    /** Whether mail may be of a tenant called so, or of none. */
    public static boolean isTenant(String text) {
        return text.length() <= LONGEST_TENANT && text.chars().noneMatch(Character::isISOControl);
    }

    /** Whether a key may be called so. */
    public static boolean isName(String text) {
        return !text.isBlank() && text.length() <= LONGEST_NAME && text.chars().noneMatch(Character::isISOControl);
    }

    boolean isExpired(Instant now) {
        return rights.expiresAt().filter(end -> !now.isBefore(end)).isPresent();
    }

    ApiKey toApiKey() {
        return new ApiKey(Identity.key(id, rights.tenant(), rights.domains()), rights.scopes());
    }
}
