package io.postrider.tls;

import io.postrider.pem.Pem;
import io.postrider.pem.PemException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/** Reads PEM files; every complaint names the file, with the line where there is one. */
final class PemFiles {

    private PemFiles() {}

    /** At least one. */
    static List<X509Certificate> certificates(Path file) throws IOException {
        try {
            return Pem.certificates(bytes(file));
        } catch (PemException wrong) {
            throw complaint(file, wrong);
        }
    }

    static PrivateKey privateKey(Path file, Optional<Path> passphrase) throws IOException {
        Optional<char[]> secret =
                passphrase.isEmpty() ? Optional.empty() : Optional.of(Pem.passphrase(bytes(passphrase.get())));
        try {
            return Pem.privateKey(bytes(file), secret);
        } catch (PemException wrong) {
            throw complaint(file, wrong);
        }
    }

    private static byte[] bytes(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(Pem.MOST_BYTES);
        } catch (NoSuchFileException gone) {
            throw new IOException("expected a PEM file, but there is no " + file, gone);
        } catch (IOException unreadable) {
            throw new IOException("cannot read " + file + ": " + unreadable.getMessage(), unreadable);
        }
    }

    private static IOException complaint(Path file, PemException wrong) {
        return new IOException(file + ":" + wrong.line() + ": " + wrong.problem(), wrong);
    }
}
