package io.postrider.dkim;

import io.postrider.dkim.Canonicalization.Form;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Signs messages. The bytes must be the final ones, every line ended by CRLF: whatever changes them later breaks the
 * signature. {@code l=} is never written: what is added behind it would pass as signed (RFC 6376 §8.2).
 */
public final class Signatures {

    private final byte[] bytes;
    private final int length;
    private final HeaderFields header;
    private final Map<Form, String> bodyHashes = new EnumMap<>(Form.class);
    private final HeaderBytes covered = new HeaderBytes();

    private Signatures(byte[] bytes, int length, HeaderFields header) {
        this.bytes = bytes;
        this.length = length;
        this.header = header;
    }

    /**
     * The signatures of one message.
     *
     * @param bytes hold the message in their first {@code length} bytes
     * @param header of that message
     * @param signers one or more; each signs for itself
     * @param at the time of {@code t=}
     * @return header fields in the order of the signers, to stand before everything else
     * @throws GeneralSecurityException when a key cannot sign; there is no half-signed message
     */
    public static byte[] of(byte[] bytes, int length, HeaderFields header, List<Signer> signers, Instant at)
            throws GeneralSecurityException {
        Signatures signatures = new Signatures(bytes, length, header);
        StringBuilder fields = new StringBuilder(1024 * signers.size());
        for (Signer signer : signers) {
            fields.append(signatures.field(signer, at.getEpochSecond()));
        }
        return fields.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private String field(Signer signer, long at) throws GeneralSecurityException {
        SignedHeaders.Choice choice = signer.headers().choose(header);
        SignatureText text = new SignatureText()
                .tag("v", "1")
                .tag("a", signer.key().algorithm())
                .tag("c", signer.canonicalization().toString())
                .tag("d", signer.domain())
                .tag("s", signer.selector())
                .tag("t", Long.toString(at));
        signer.expiry().ifPresent(after -> text.tag("x", Long.toString(at + after.toSeconds())));
        signer.identity().ifPresent(identity -> text.tag("i", identity));
        text.names(choice.names()).tag("bh", bodyHash(signer.canonicalization().body()));
        String unsigned = text.unsigned();

        Form form = signer.canonicalization().header();
        covered.clear();
        for (int field : choice.fields()) {
            if (field != HeaderFields.NONE) {
                covered.field(form, bytes, header.start(field), header.colon(field), header.end(field));
            }
        }
        covered.signature(form, unsigned);
        byte[] signature = signer.key().sign(covered.bytes(), covered.length());
        return text.signed(Base64.getEncoder().encodeToString(signature));
    }

    private String bodyHash(Form form) {
        return bodyHashes.computeIfAbsent(
                form, unknown -> Base64.getEncoder().encodeToString(hash(form, bytes, header.bodyStart(), length)));
    }

    static byte[] hash(Form form, byte[] bytes, int from, int to) {
        MessageDigest sha256 = Sha256.digest();
        CanonicalBody.write(form, bytes, from, to, sha256::update);
        return sha256.digest();
    }
}
