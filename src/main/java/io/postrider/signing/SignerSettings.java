package io.postrider.signing;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import io.postrider.dkim.Canonicalization;
import io.postrider.dkim.SignedHeaders;
import io.postrider.dkim.Signer;
import io.postrider.dkim.SigningKey;
import io.postrider.mail.Domain;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * One element of {@code postrider.dkim.signers}.
 *
 * @param place its key, for messages
 * @param pattern whose mail it signs: a domain, {@code *.domain} for what is below one, or {@code *}
 * @param signAs {@code d=}; empty: the author's domain
 * @param selector {@code s=}
 * @param keyFile PEM
 * @param passphraseFile for an encrypted key
 * @param tenant whose mail alone it signs; empty: everybody's who has no signer of its own
 */
public record SignerSettings(
        String place,
        String pattern,
        Optional<Domain> signAs,
        String selector,
        Path keyFile,
        Optional<Path> passphraseFile,
        SignedHeaders headers,
        Canonicalization canonicalization,
        Optional<String> identity,
        Optional<Duration> expiry,
        String tenant) {

    private static final String WILD = "*.";

    public SignerSettings {
        if (!pattern.equals("*") && Domain.parse(stem(pattern)).isEmpty()) {
            throw wrong(place, "domain", "expected a domain, \"*.example.com\" or \"*\", but got \"" + pattern + "\"");
        }
        if (!isSelector(selector)) {
            throw wrong(place, "selector", "expected a selector such as \"mail\", but got \"" + selector + "\"");
        }
        if (identity.isPresent()) {
            Domain domain = signAs.orElseThrow(
                    () -> wrong(place, "identity", "expected sign-as beside it, for the domain is the author's"));
            try {
                Signer.checkIdentity(identity.get(), domain.name());
            } catch (IllegalArgumentException e) {
                throw wrong(place, "identity", String.valueOf(e.getMessage()));
            }
        }
        if (expiry.isPresent() && (expiry.get().toSeconds() < 1 || expiry.get().toDays() > 3650)) {
            throw wrong(place, "expiry", "expected 1 s to 3650 days, or 0 s for none, but got " + expiry.get());
        }
    }

    /** @param signer one element of the list, with the defaults behind it */
    static SignerSettings from(Config signer, String place) {
        String pattern = text(signer, place, "domain");
        Optional<Domain> exact = pattern.equals("*") ? Optional.empty() : Domain.parse(stem(pattern));
        String signAs = signer.getString("sign-as");
        if (!signAs.isEmpty() && Domain.parse(signAs).isEmpty()) {
            throw wrong(place, "sign-as", "expected a domain, but got \"" + signAs + "\"");
        }
        return new SignerSettings(
                place,
                pattern,
                signAs.isEmpty() ? exact : Domain.parse(signAs),
                text(signer, place, "selector"),
                Path.of(text(signer, place, "key-file")),
                optional(signer, "passphrase-file").map(Path::of),
                headers(signer, place),
                Canonicalization.parse(signer.getString("canonicalization"))
                        .orElseThrow(() -> wrong(
                                place,
                                "canonicalization",
                                "expected relaxed/relaxed, relaxed/simple, simple/relaxed or simple/simple, but got "
                                        + signer.getString("canonicalization"))),
                optional(signer, "identity"),
                Optional.of(signer.getDuration("expiry")).filter(after -> !after.isZero()),
                signer.getString("tenant"));
    }

    private static SignedHeaders headers(Config signer, String place) {
        try {
            return new SignedHeaders(signer.getStringList("headers"), signer.getBoolean("headers-exact"));
        } catch (IllegalArgumentException e) {
            throw wrong(place, "headers", String.valueOf(e.getMessage()));
        }
    }

    boolean isWild() {
        return pattern.startsWith("*");
    }

    /** The domain of the pattern, or {@code *}. */
    String stem() {
        return Domain.parse(stem(pattern)).map(Domain::name).orElse(pattern);
    }

    Signer signer(SigningKey key, Domain author) {
        return new Signer(signAs.orElse(author).name(), selector, key, headers, canonicalization, identity, expiry);
    }

    private static String stem(String pattern) {
        return pattern.startsWith(WILD) ? pattern.substring(WILD.length()) : pattern;
    }

    private static boolean isSelector(String text) {
        return Domain.parse(text).filter(name -> !name.isLiteral()).isPresent();
    }

    private static Optional<String> optional(Config signer, String key) {
        return Optional.of(signer.getString(key)).filter(text -> !text.isEmpty());
    }

    private static String text(Config signer, String place, String key) {
        try {
            String text = signer.getString(key);
            if (!text.isBlank()) {
                return text;
            }
        } catch (ConfigException.Missing missing) {
            // told below
        }
        throw new IllegalArgumentException(place + ": expected " + key + ", but there is none");
    }

    static IllegalArgumentException wrong(String place, String key, String message) {
        return new IllegalArgumentException(place + "." + key + ": " + message);
    }
}
