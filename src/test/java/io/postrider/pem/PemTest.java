package io.postrider.pem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What OpenSSL writes, we read. */
class PemTest {

    private static final Optional<char[]> NONE = Optional.empty();

    @TempDir
    Path directory;

    @BeforeEach
    void needsOpenSsl() throws Exception {
        assumeThat(Files.exists(Path.of("/usr/bin/openssl")))
                .as("needs /usr/bin/openssl")
                .isTrue();
    }

    private byte[] openssl(String arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("/usr/bin/openssl"));
        command.addAll(List.of(arguments.split(" ")));
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectError(directory.resolve("errors").toFile())
                .start();
        byte[] out = process.getInputStream().readAllBytes();
        assertThat(process.waitFor())
                .as(Files.readString(directory.resolve("errors")))
                .isZero();
        return out;
    }

    /** A key in the file {@code key} as PKCS#8, and its certificate in {@code cert}. */
    private PublicKey make(String algorithm) throws Exception {
        openssl("genpkey -out key -algorithm " + algorithm);
        Files.write(directory.resolve("cert"), openssl("req -x509 -key key -subj /CN=mx.example.com -days 30"));
        return Pem.certificates(Files.readAllBytes(directory.resolve("cert")))
                .get(0)
                .getPublicKey();
    }

    private static void belongTogether(PrivateKey key, PublicKey to) throws Exception {
        String algorithm = to.getAlgorithm();
        Signature signature = Signature.getInstance(algorithm.equals("RSA") ? "SHA256withRSA" : signature(algorithm));
        signature.initSign(key);
        signature.update((byte) 7);
        byte[] signed = signature.sign();
        signature.initVerify(to);
        signature.update((byte) 7);
        assertThat(signature.verify(signed)).isTrue();
    }

    private static String signature(String algorithm) {
        return algorithm.equals("EC") ? "SHA256withECDSA" : "Ed25519";
    }

    @ParameterizedTest
    @CsvSource({
        "RSA -pkeyopt rsa_keygen_bits:1024, pkey -in key",
        "RSA -pkeyopt rsa_keygen_bits:1024, pkey -in key -traditional",
        "RSA -pkeyopt rsa_keygen_bits:1024, pkcs8 -topk8 -in key -passout pass:s3cret",
        "RSA -pkeyopt rsa_keygen_bits:1024, pkcs8 -topk8 -in key -passout pass:s3cret -scrypt",
        "RSA -pkeyopt rsa_keygen_bits:1024, pkcs8 -topk8 -in key -passout pass:s3cret -v2 des3",
        "RSA -pkeyopt rsa_keygen_bits:1024, rsa -in key -aes128 -passout pass:s3cret -traditional",
        "EC -pkeyopt ec_paramgen_curve:P-256, pkey -in key",
        "EC -pkeyopt ec_paramgen_curve:P-384, ec -in key",
        "EC -pkeyopt ec_paramgen_curve:P-256, ec -in key -aes256 -passout pass:s3cret",
        "EC -pkeyopt ec_paramgen_curve:P-256, pkcs8 -topk8 -in key -passout pass:s3cret",
        "ED25519, pkey -in key",
        "ED25519, pkcs8 -topk8 -in key -passout pass:s3cret"
    })
    void readsKeysAsOpenSslWritesThem(String algorithm, String command) throws Exception {
        PublicKey publicKey = make(algorithm);

        PrivateKey key = Pem.privateKey(openssl(command), Optional.of("s3cret".toCharArray()));

        belongTogether(key, publicKey);
    }

    @Test
    void passesOverParametersTextAndCertificatesBesideTheKey() throws Exception {
        PublicKey publicKey = make("EC -pkeyopt ec_paramgen_curve:P-256");
        String file = "Bag Attributes\n"
                + text(openssl("ecparam -name prime256v1"))
                + Files.readString(directory.resolve("cert"))
                + text(openssl("ec -in key")).replace("\n", "\r\n");

        belongTogether(Pem.privateKey(bytes(file), NONE), publicKey);
    }

    @Test
    void readsAChainInItsOrder() throws Exception {
        make("ED25519");
        String first = Files.readString(directory.resolve("cert"));
        make("ED25519");
        String second = Files.readString(directory.resolve("cert"));

        assertThat(Pem.certificates(bytes(first + "\n# issuer\n" + second)))
                .containsExactly(
                        Pem.certificates(bytes(first)).get(0),
                        Pem.certificates(bytes(second)).get(0));
    }

    @Test
    void saysWhatIsThereInsteadOfAKey() throws Exception {
        make("ED25519");

        assertThatThrownBy(() -> Pem.privateKey(Files.readAllBytes(directory.resolve("cert")), NONE))
                .isInstanceOf(PemException.class)
                .hasMessage("expected a PEM private key, but the file holds a certificate");
        assertThatThrownBy(() -> Pem.privateKey(bytes("hello\n"), NONE))
                .hasMessage("expected a PEM private key, but the file holds none");
        assertThatThrownBy(() -> Pem.certificates(Files.readAllBytes(directory.resolve("key"))))
                .hasMessage("expected a PEM certificate, but the file holds a private key");
    }

    @Test
    void saysThatThePassphraseIsMissingOrWrong() throws Exception {
        make("ED25519");
        byte[] file = openssl("pkcs8 -topk8 -in key -passout pass:s3cret");

        assertThatThrownBy(() -> Pem.privateKey(file, NONE)).hasMessage("the key is encrypted: expected a passphrase");
        assertThatThrownBy(() -> Pem.privateKey(file, Optional.of("secret".toCharArray())))
                .hasMessage("the key cannot be decrypted: the passphrase is wrong");
    }

    @Test
    void namesTheLineOfWhatIsDamaged() throws Exception {
        make("ED25519");
        String key = Files.readString(directory.resolve("key"));
        String cut = key.substring(0, key.indexOf("-----END"));

        assertThatThrownBy(() -> Pem.privateKey(bytes("\n\n" + cut), NONE))
                .isInstanceOfSatisfying(
                        PemException.class, e -> assertThat(e.line()).isEqualTo(3))
                .hasMessage("expected -----END PRIVATE KEY-----, but the file ends before");
        assertThatThrownBy(() -> Pem.privateKey(bytes(cut + key), NONE)).hasMessageContaining("before line 3");
        assertThatThrownBy(() -> Pem.privateKey(bytes(key + key), NONE))
                .isInstanceOfSatisfying(
                        PemException.class, e -> assertThat(e.line()).isEqualTo(4))
                .hasMessage("expected one private key, but this is another one");
    }

    @ParameterizedTest
    @ValueSource(strings = {"AAAA", "MC4CAQ==", "%%%%", "MAA=", ""})
    void calmlyRefusesDamagedContent(String content) {
        for (String label : List.of(
                "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "ODD PRIVATE KEY")) {
            String file = "-----BEGIN " + label + "-----\n" + content + "\n-----END " + label + "-----\n";
            assertThatThrownBy(() -> Pem.privateKey(bytes(file), Optional.of(new char[] {'x'})))
                    .as(label)
                    .isInstanceOf(PemException.class);
        }
        String file = "-----BEGIN CERTIFICATE-----\n" + content + "\n-----END CERTIFICATE-----\n";
        assertThatThrownBy(() -> Pem.certificates(bytes(file))).isInstanceOf(PemException.class);
    }

    @Test
    void refusesAlgorithmsThatNobodyHereUses() throws Exception {
        byte[] file = openssl("genpkey -algorithm X25519");

        assertThatThrownBy(() -> Pem.privateKey(file, NONE)).hasMessageContaining("its algorithm is 1.3.101.110");
    }

    @Test
    void aPassphraseIsTheFirstLine() {
        assertThat(Pem.passphrase(bytes("s3cret \r\nmore\n"))).isEqualTo("s3cret ".toCharArray());
        assertThat(Pem.passphrase(bytes(""))).isEmpty();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
