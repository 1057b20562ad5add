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

    private static final Path TESTMSG = Path.of("/usr/sbin/opendkim-testmsg");

    /** opendkim-testmsg asks the system's resolver: in rooms of its own (network, mounts) that is this name server. */
    private static final String TESTMSG_WITH_DNS =
            """
            import fcntl, socket, struct, subprocess, sys, threading
            keys = dict(line.rstrip().split(' ', 1) for line in open(sys.argv[1]))
            udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            fcntl.ioctl(udp, 0x8914, struct.pack('16sH14x', b'lo', 0x1))
            udp.bind(('127.0.0.1', 53))
            def serve():
                while True:
                    query, peer = udp.recvfrom(4096)
                    at, labels = 12, []
                    while query[at]:
                        labels.append(query[at + 1:at + 1 + query[at]].decode())
                        at += 1 + query[at]
                    text = keys.get('.'.join(labels).lower(), '').encode()
                    data = b''.join(bytes([len(text[n:n + 255])]) + text[n:n + 255] for n in range(0, len(text), 255))
                    answer = struct.pack('>HHHIH', 0xC00C, 16, 1, 60, len(data)) + data if text else b''
                    head = query[:2] + struct.pack('>HHHHH', 0x8580, 1, 1 if text else 0, 0, 0)
                    udp.sendto(head + query[12:at + 5] + answer, peer)
            threading.Thread(target=serve, daemon=True).start()
            for path in sys.argv[2:]:
                done = subprocess.run(['/usr/sbin/opendkim-testmsg'], stdin=open(path, 'rb'), capture_output=True)
                print(path, done.returncode, (done.stdout + done.stderr).decode(errors='replace').strip())
            """;

    private static final List<String> ROOMS = List.of("unshare", "-r", "-n", "-m");

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
    void openDkimsOwnTestProgramAgrees() throws Exception {
        assumeThat(Files.exists(TESTMSG)).as("needs Debian's opendkim-tools").isTrue();
        assumeThat(mayHaveRooms()).as("needs the right to use unshare").isTrue();
        Path resolver = Files.writeString(directory.resolve("resolv.conf"), "nameserver 127.0.0.1\n");
        Path script = Files.writeString(directory.resolve("testmsg.py"), TESTMSG_WITH_DNS);
        for (String selector : List.of("rsa", "ed")) {
            Map<Path, String> files = signed(selector);
            // It refuses to read a second Cc, and a header that ends with the message; the filter itself takes both,
            // below.
            files.values().removeIf(name -> name.startsWith("repeated fields") || name.startsWith("no body and no"));
            List<String> command = new ArrayList<>(ROOMS);
            command.addAll(List.of(
                    "sh",
                    "-c",
                    "mount --bind " + resolver + " /etc/resolv.conf && exec python3 " + script + " " + keys()
                            + " \"$@\"",
                    "sh"));
            files.keySet().forEach(file -> command.add(file.toString()));

            List<String> said = Dkimpy.run(command);

            assertThat(said).hasSameSizeAs(files.entrySet()).allSatisfy(line -> {
                Path file = Path.of(line.substring(0, line.indexOf(' ')));
                assertThat(line).as(files.get(file)).isEqualTo(file + " 0 ");
            });
        }
    }

    private static boolean mayHaveRooms() throws InterruptedException {
        try {
            List<String> command = new ArrayList<>(ROOMS);
            command.add("true");
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException noSuchProgram) {
            return false;
        }
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
