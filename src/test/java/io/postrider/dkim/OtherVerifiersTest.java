package io.postrider.dkim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What we sign, others find right: dkimpy (Debian's python3-dkim) and OpenDKIM (opendkim), over every nasty message. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class OtherVerifiersTest {

    private static final Instant AT = Instant.now().minusSeconds(5);

    private static final Path OPENDKIM = Path.of("/usr/sbin/opendkim");

    @TempDir
    Path directory;

    private Path keys() throws Exception {
        Path keys = directory.resolve("keys");
        Files.writeString(
                keys,
                "rsa._domainkey.example.com " + TestKeys.RSA.record() + "\ned._domainkey.example.com "
                        + TestKeys.ED25519.record() + "\n");
        return keys;
    }

    private static Signer signer(String selector, Canonicalization canonicalization) {
        SigningKey key = selector.equals("rsa") ? TestKeys.RSA : TestKeys.ED25519;
        SignedHeaders headers = SignedHeaders.USUAL;
        return new Signer(
                "example.com", selector, key, headers, canonicalization, Optional.of("@example.com"), Optional.empty());
    }

    /** Every message in every canonicalization, in files named after them. */
    private Map<Path, String> signed(String... selectors) throws Exception {
        Map<Path, String> files = new LinkedHashMap<>();
        for (String words : List.of("relaxed/relaxed", "relaxed/simple", "simple/relaxed", "simple/simple")) {
            Canonicalization canonicalization = Canonicalization.parse(words).orElseThrow();
            for (Map.Entry<String, byte[]> message : Messages.nasty().entrySet()) {
                List<Signer> signers = new ArrayList<>();
                for (String selector : selectors) {
                    signers.add(signer(selector, canonicalization));
                }
                byte[] bytes = message.getValue();
                ByteArrayOutputStream whole = new ByteArrayOutputStream();
                whole.write(Signatures.of(bytes, bytes.length, HeaderFields.of(bytes, bytes.length), signers, AT));
                whole.write(bytes);
                if (bytes[bytes.length - 1] != '\n') {
                    // As DATA ends it (RFC 5321 §4.1.1.4).
                    whole.writeBytes(new byte[] {'\r', '\n'});
                }
                Path file = directory.resolve(String.join("-", selectors) + files.size());
                files.put(Files.write(file, whole.toByteArray()), message.getKey() + ", " + words);
            }
        }
        return files;
    }

    @Test
    void dkimpyAgrees() throws Exception {
        assumeThat(Dkimpy.isThere()).as("needs Debian's python3-dkim").isTrue();
        Map<Path, String> files = signed("rsa", "ed");
        files.values().removeIf(name -> name.startsWith(Messages.BLANK_BEFORE_COLON));

        List<String> said = Dkimpy.verify(keys(), List.copyOf(files.keySet()));

        List<String> wrong = new ArrayList<>();
        for (String line : said) {
            if (!line.endsWith(" 2 2")) {
                wrong.add(files.getOrDefault(Path.of(line.substring(0, line.indexOf(' '))), "") + ": " + line);
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(said).hasSameSizeAs(files.entrySet());
    }

    @Test
    void dkimpyNoticesWhatWasChanged() throws Exception {
        assumeThat(Dkimpy.isThere()).as("needs Debian's python3-dkim").isTrue();
        Path plain = signed("rsa", "ed").keySet().iterator().next();
        Files.writeString(plain, Files.readString(plain).replace("Hello Bob", "Hello Rob"));

        assertThat(Dkimpy.verify(keys(), List.of(plain))).containsExactly(plain + " 0 2");
    }

    @Test
    void openDkimAgrees() throws Exception {
        assumeThat(Files.exists(OPENDKIM)).as("needs Debian's opendkim").isTrue();
        Path settings = Files.writeString(
                directory.resolve("opendkim.conf"), "Mode v\nSyslog no\nTestPublicKeys " + keys() + "\n");
        for (String selector : List.of("rsa", "ed")) {
            Map<Path, String> files = signed(selector);
            files.keySet().removeIf(file -> files.get(file).contains(", simple/") && !isAsAMilterSeesIt(file));
            for (Map.Entry<Path, String> file : files.entrySet()) {
                List<String> said = Dkimpy.run(List.of(
                        OPENDKIM.toString(),
                        "-x",
                        settings.toString(),
                        "-t",
                        file.getKey().toString()));
                assertThat(said)
                        .as(selector + ", " + file.getValue())
                        .anyMatch(line -> line.contains("s=" + selector + ",") && line.endsWith("succeeded"));
            }
        }
    }

    /** OpenDKIM's test mode reads as a milter does, which is told a field without the blanks that start its value. */
    private static boolean isAsAMilterSeesIt(Path file) {
        try {
            String text = Files.readString(file, StandardCharsets.ISO_8859_1);
            String header = text.substring(0, text.indexOf("\r\n\r\n") < 0 ? text.length() : text.indexOf("\r\n\r\n"));
            return header.lines().allMatch(line -> line.startsWith("\t") || line.matches("[A-Za-z-]+: \\S.*"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
