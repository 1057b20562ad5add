package io.postrider.dkim;

import java.time.Duration;
import java.util.Optional;

/**
 * One signature that messages get.
 *
 * @param domain {@code d=}: lower case, A-labels
 * @param selector {@code s=}
 * @param headers what is covered
 * @param identity {@code i=}, at the domain or below it; empty: none, which means {@code @domain}
 * @param expiry from the signing on, for {@code x=}; empty: it does not expire
 */
public record Signer(
        String domain,
        String selector,
        SigningKey key,
        SignedHeaders headers,
        Canonicalization canonicalization,
        Optional<String> identity,
        Optional<Duration> expiry) {

    public Signer {
        identity.ifPresent(i -> checkIdentity(i, domain));
        expiry.ifPresent(after -> {
            if (after.toSeconds() < 1) {
                throw new IllegalArgumentException("expected an expiry of at least one second");
            }
        });
    }

    /** Signs for {@code d=domain}, in the usual way. */
    public Signer(String domain, String selector, SigningKey key) {
        this(domain, selector, key, SignedHeaders.USUAL, Canonicalization.RELAXED, Optional.empty(), Optional.empty());
    }

    /** RFC 6376 §3.5: the domain part of {@code i=} is {@code d=} or below it. Spares us quoting as well. */
    public static void checkIdentity(String identity, String domain) {
        int sign = identity.lastIndexOf('@');
        String at = identity.substring(sign + 1);
        boolean below = at.equalsIgnoreCase(domain)
                || at.regionMatches(true, at.length() - domain.length() - 1, "." + domain, 0, domain.length() + 1);
        boolean plain = identity.chars().allMatch(c -> c > ' ' && c < 0x7F && c != ';' && c != '=');
        if (sign < 0 || !below || !plain) {
            throw new IllegalArgumentException("expected an identity such as \"@" + domain + "\" or \"news@sub."
                    + domain + "\" (RFC 6376 §3.5), but got \"" + identity + "\"");
        }
    }
}
