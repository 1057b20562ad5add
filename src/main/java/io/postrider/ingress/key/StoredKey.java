package io.postrider.ingress.key;

import java.time.Instant;

/**
 * A key as its file holds it.
 *
 * @param id names the key in records; not secret
 * @param name what its owner calls it, 1 to 128 printable characters
 * @param createdAt to the second
 * @param sha256 of the secret, 64 hexadecimal digits in lower case
 */
public record StoredKey(String id, String name, Instant createdAt, String sha256) {

    public static final int LONGEST_NAME = 128;

    /** Whether a key may be called so. */
    public static boolean isName(String text) {
        return !text.isBlank() && text.length() <= LONGEST_NAME && text.chars().noneMatch(Character::isISOControl);
    }
}
