package io.postrider.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Certificates and keys as OpenSSL writes them. */
class IdentityTest {

    @TempDir
    Path directory;

    private Path openssl(String arguments) throws Exception {
        Path out = directory.resolve("out.pem");
        String command =
                "openssl " + arguments.replace("DIR", directory.toString()).replace("OUT", out.toString());
        try {
            Process process = new ProcessBuilder(command.split(" "))
                    .redirectErrorStream(true)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(said).isZero();
        } catch (IOException none) {
            assumeTrue(false, "openssl is not installed");
        }
        return out;
    }

    @ParameterizedTest
    @CsvSource({
        "rsa:2048, pkcs8 -topk8 -nocrypt",
        "rsa:2048, rsa -traditional",
        "rsa:2048, pkcs8 -topk8 -passout pass:secret",
        "rsa:2048, pkcs8 -topk8 -v2 aes-256-cbc -scrypt -passout pass:secret",
        "rsa:2048, rsa -traditional -aes256 -passout pass:secret",
        "ec, pkcs8 -topk8 -nocrypt",
        "ec, ec",
        "ec, pkcs8 -topk8 -passout pass:secret",
        "ec, ec -aes128 -passout pass:secret",
    })
    void readsWhatOpenSslWrites(String kind, String conversion) throws Exception {
        String curve = kind.equals("ec") ? "-pkeyopt ec_paramgen_curve:P-256 " : "";
        openssl("req -x509 -newkey " + kind + " " + curve
                + "-nodes -keyout DIR/key.pem -out DIR/cert.pem -days 30 -subj"
                + " /CN=relay.example.com -addext subjectAltName=DNS:relay.example.com,DNS:*.wild.example");
        Path key = openssl(conversion + " -in DIR/key.pem -out OUT");
        Path passphrase = Files.writeString(directory.resolve("passphrase"), "secret\n");

        Identity identity =
                Identity.read(new CertificateFiles(directory.resolve("cert.pem"), key, Optional.of(passphrase)));

        assertThat(identity.names().cover("RELAY.example.com")).isTrue();
        assertThat(identity.names().cover("a.wild.example")).isTrue();
        assertThat(identity.names().cover("wild.example")).isFalse();
        assertThat(identity.names().cover("a.b.wild.example")).isFalse();
        assertThat(identity.expiresAt()).isAfter(java.time.Instant.now());
    }

    @Test
    void refusesAKeyOfAnotherCertificate() throws Exception {
        TestCertificates authority = new TestCertificates();
        Path cert = authority.make("RSA", "a.example").writeTo(directory.resolve("a.pem"));
        for (String type : new String[] {"RSA", "EC"}) {
            Path key = authority.make(type, "b.example").writeTo(directory.resolve(type));

            assertThatThrownBy(() -> Identity.read(new CertificateFiles(cert, key, Optional.empty())))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(
                            "expected the key in " + key + " to belong to the first certificate in " + cert);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | expected a PEM certificate, but the file holds none",
                "'-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n' | its content is damaged",
            })
    void namesTheFileOfWhatIsNoCertificate(String text, String why) throws Exception {
        Path file = Files.writeString(directory.resolve("c.pem"), text);

        assertThatThrownBy(() -> Identity.read(new CertificateFiles(file, file, Optional.empty())))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(file + ":1: ")
                .hasMessageContaining(why);
    }

    @Test
    void namesAFileThatIsNotThere() {
        Path file = directory.resolve("none.pem");

        assertThatThrownBy(() -> Identity.read(new CertificateFiles(file, file, Optional.empty())))
                .hasMessage("expected a PEM file, but there is no " + file);
    }
}
