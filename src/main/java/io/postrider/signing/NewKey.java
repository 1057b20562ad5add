package io.postrider.signing;

import io.postrider.dkim.SigningKey;
import io.postrider.route.ZoneLine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;

/** Makes a key for signing and the record that DNS is to hold for it. */
public final class NewKey {

    private NewKey() {}

    /** @param bits at least 1024; 2048 is what receivers expect */
    public static PrivateKey rsa(int bits) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(bits);
        return generator.generateKeyPair().getPrivate();
    }

    public static PrivateKey ed25519() throws GeneralSecurityException {
        return KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPrivate();
    }

    /**
     * Writes it as PKCS#8, for the owner alone.
     *
     * @throws java.nio.file.FileAlreadyExistsException when there is such a file: it is never overwritten
     */
    public static void write(PrivateKey key, Path file) throws IOException {
        Path directory = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file);
        Files.createDirectories(directory);
        String pem = "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
        try (SeekableByteChannel channel = Files.newByteChannel(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            ByteBuffer bytes = ByteBuffer.wrap(pem.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                int written = channel.write(bytes);
                assert written >= 0;
            }
        }
    }

    /** Where DNS holds it: {@code SELECTOR._domainkey.DOMAIN}. */
    public static String recordName(String selector, String domain) {
        return selector + "._domainkey." + domain;
    }

    /** The record as a line of a zone file, its text in strings of at most 255 bytes. */
    public static String zoneLine(String selector, String domain, SigningKey key) {
        return ZoneLine.text(recordName(selector, domain), key.record());
    }
}
