package io.postrider.dkim;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Verifies the signatures of a message (RFC 6376 §6.1), all of them, from the top down. {@code l=} is not believed. */
public final class Verifier {

    private static final String FIELD = "DKIM-Signature";

    /** The texts of the TXT records of a name, each with its strings joined; empty when there are none. */
    public interface Keys {
        List<String> texts(String name);
    }

    private final byte[] bytes;
    private final int length;
    private final HeaderFields header;
    private final Keys keys;
    private final Instant now;

    private Verifier(byte[] bytes, int length, Keys keys, Instant now) {
        this.bytes = bytes;
        this.length = length;
        this.header = HeaderFields.of(bytes, length);
        this.keys = keys;
        this.now = now;
    }

    /** @param bytes hold the message in their first {@code length} bytes, with CRLF at the end of lines */
    public static List<Verification> verify(byte[] bytes, int length, Keys keys, Instant now) {
        Verifier verifier = new Verifier(bytes, length, keys, now);
        List<Verification> all = new ArrayList<>();
        HeaderFields header = verifier.header;
        for (int field = header.last(FIELD); field != HeaderFields.NONE; field = header.above(field)) {
            all.add(0, verifier.verify(field));
        }
        return all;
    }

    private Verification verify(int field) {
        Optional<TagList> tags = TagList.parse(header.value(field));
        if (tags.isEmpty()) {
            return new Verification.Failed("", "", "no list of tags");
        }
        TagList signature = tags.get();
        String domain = signature.packed("d").orElse("");
        String selector = signature.packed("s").orElse("");
        String why;
        try {
            why = problem(field, signature, domain, selector);
        } catch (GeneralSecurityException | IllegalArgumentException wrong) {
            why = "damaged: " + wrong.getMessage();
        }
        return why.isEmpty()
                ? new Verification.Passed(
                        domain, selector, signature.packed("a").orElse(""))
                : new Verification.Failed(domain, selector, why);
    }

    /** Empty when all is well. */
    private String problem(int field, TagList tags, String domain, String selector) throws GeneralSecurityException {
        for (String needed : List.of("v", "a", "b", "bh", "d", "h", "s")) {
            if (tags.get(needed).isEmpty()) {
                return needed + "= is missing";
            }
        }
        String algorithm = tags.packed("a").orElse("");
        if (!tags.packed("v").orElse("").equals("1")
                || !(algorithm.equals("rsa-sha256") || algorithm.equals("ed25519-sha256"))) {
            return "an unknown version or algorithm";
        }
        List<String> names = List.of(tags.packed("h").orElse("").split(":"));
        if (names.stream().noneMatch("From"::equalsIgnoreCase)) {
            return "From is not signed";
        }
        if (tags.get("l").isPresent()) {
            return "only a part of the body is signed";
        }
        Optional<Long> expiry = tags.packed("x").map(Long::valueOf);
        if (expiry.isPresent() && expiry.get() <= now.getEpochSecond()) {
            return "expired";
        }
        Optional<Canonicalization> canonicalization =
                Canonicalization.parse(tags.packed("c").orElse("simple/simple"));
        if (canonicalization.isEmpty()) {
            return "an unknown canonicalization";
        }
        String identity = tags.packed("i").orElse("@" + domain);
        Signer.checkIdentity(identity, domain);
        byte[] bodyHash = Base64.getDecoder().decode(tags.packed("bh").orElse(""));
        if (!MessageDigest.isEqual(
                bodyHash, Signatures.hash(canonicalization.get().body(), bytes, header.bodyStart(), length))) {
            return "the body was changed";
        }
        Optional<PublishedKey> found = keys.texts(selector + "._domainkey." + domain).stream()
                .flatMap(text -> PublishedKey.parse(text).stream())
                .findFirst();
        if (found.isEmpty()) {
            return "no key in DNS";
        }
        PublishedKey key = found.get();
        if (key.isRevoked()) {
            return "the key was revoked";
        }
        boolean fits = algorithm.equals(key.type() + "-sha256") && key.takesSha256() && key.forMail();
        if (!fits
                || (key.exact()
                        && !identity.substring(identity.lastIndexOf('@') + 1).equalsIgnoreCase(domain))) {
            return "the key in DNS is for something else";
        }
        HeaderBytes covered = covered(field, names, canonicalization.get().header());
        byte[] signature = Base64.getDecoder().decode(tags.packed("b").orElse(""));
        return key.verifies(covered.bytes(), covered.length(), signature) ? "" : "the header was changed";
    }

    private HeaderBytes covered(int field, List<String> names, Canonicalization.Form form) {
        HeaderBytes covered = new HeaderBytes();
        for (int i = 0; i < names.size(); i++) {
            int signed = header.last(names.get(i));
            for (String before : names.subList(0, i)) {
                if (signed != HeaderFields.NONE && before.equalsIgnoreCase(names.get(i))) {
                    signed = header.above(signed);
                }
            }
            if (signed != HeaderFields.NONE) {
                covered.field(form, bytes, header.start(signed), header.colon(signed), header.end(signed));
            }
        }
        covered.signature(form, header.name(field) + withoutValue(colonAndValue(field)));
        return covered;
    }

    private String colonAndValue(int field) {
        int from = header.start(field) + header.name(field).length();
        int blanks = header.colon(field) - from;
        return " ".repeat(blanks) + ":" + header.value(field);
    }

    /** Everything behind {@code b=} up to the next tag goes, and nothing else (RFC 6376 §3.7). */
    private static String withoutValue(String field) {
        int at = 0;
        while (at < field.length()) {
            int semicolon = field.indexOf(';', at);
            int end = semicolon < 0 ? field.length() : semicolon;
            int equals = field.indexOf('=', at);
            int name = Math.max(at, at == 0 ? field.indexOf(':') + 1 : at);
            if (equals >= 0
                    && equals < end
                    && field.substring(name, equals).strip().equals("b")) {
                return field.substring(0, equals + 1) + field.substring(end);
            }
            at = end + 1;
        }
        return field;
    }
}
