package io.postrider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.route.ScriptedDns;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DkimCommandTest {

    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int execute(String... args) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Main.execute(new PrintWriter(out), new PrintWriter(err), args);
    }

    private String generate(String algorithm, String name) {
        String file = directory.resolve(name).toString();
        assertThat(execute(
                        "dkim",
                        "generate",
                        "--domain",
                        "Example.com",
                        "--selector",
                        "mail",
                        "--algorithm",
                        algorithm,
                        "--out",
                        file))
                .as(err.toString())
                .isZero();
        return out.toString()
                .lines()
                .filter(line -> line.contains(" IN TXT "))
                .findFirst()
                .orElseThrow();
    }

    private String settings(ScriptedDns dns, String key) throws IOException {
        return Files.writeString(
                        directory.resolve("postrider.conf"),
                        "postrider { dns.servers = [\"%s\"], dkim.signers = [{ domain = example.com, selector = mail, key-file = \"%s\" }] }"
                                .formatted(dns.server(), directory.resolve(key)))
                .toString();
    }

    @Test
    void makesAKeyForItsOwnerAlone() throws IOException {
        String record = generate("rsa", "rsa.pem");

        assertThat(record)
                .startsWith("mail._domainkey.example.com. IN TXT ( \"v=DKIM1; k=rsa; p=MIIBI")
                .endsWith("\" )");
        for (String string : record.substring(record.indexOf('"') + 1, record.lastIndexOf('"'))
                .split("\" \"")) {
            assertThat(string).hasSizeLessThanOrEqualTo(255);
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("rsa.pem"))))
                .isEqualTo("rw-------");
        assertThat(out.toString()).contains("selector = \"mail\"", "bin/postrider dkim check");
    }

    @Test
    void overwritesNothing() throws IOException {
        generate("ed25519", "k.pem");
        String before = Files.readString(directory.resolve("k.pem"));

        assertThat(execute(
                        "dkim",
                        "generate",
                        "--domain",
                        "a.b",
                        "--selector",
                        "s",
                        "--out",
                        directory.resolve("k.pem").toString()))
                .isEqualTo(1);
        assertThat(err.toString()).contains("is there already and stays as it is");
        assertThat(Files.readString(directory.resolve("k.pem"))).isEqualTo(before);
    }

    @Test
    void refusesNamesAndLengthsThatCannotBe() {
        assertThat(execute("dkim", "generate", "--domain", "a b", "--selector", "s"))
                .isEqualTo(2);
        assertThat(execute("dkim", "generate", "--domain", "a.b", "--selector", "s", "--bits", "512"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("expected 1024 to 4096");
        String[] edwards = {
            "dkim", "generate", "--domain", "a.b", "--selector", "s", "--algorithm", "ed25519", "--bits", "2048"
        };
        assertThat(execute(edwards)).isEqualTo(2);
        assertThat(err.toString()).contains("every ed25519 key has 256");
        assertThat(execute("dkim")).isEqualTo(2);
    }

    @Test
    void findsThatDnsHasTheKey() throws IOException {
        for (String algorithm : new String[] {"rsa", "ed25519"}) {
            String record = generate(algorithm, algorithm + ".pem");
            try (ScriptedDns dns = ScriptedDns.start().with(scripted(record))) {
                assertThat(execute("dkim", "check", "-c", settings(dns, algorithm + ".pem")))
                        .as(out.toString() + err)
                        .isZero();
                assertThat(out.toString()).startsWith("well     mail._domainkey.example.com: " + algorithm + "-sha256");
            }
        }
    }

    @Test
    void saysInWordsWhatToFix() throws IOException {
        String other = generate("ed25519", "other.pem");
        String own = generate("ed25519", "own.pem");

        assertChecks(other, "the key there is another one (ed25519)", own);
        assertChecks("mail._domainkey.example.com. IN TXT \"v=DKIM1; p=\"", "is revoked", own);
        assertChecks("mail._domainkey.example.com. IN TXT \"hello\"", "is no DKIM key (hello)", own);
        assertChecks("else.example.com. IN TXT \"hello\"", "there is no TXT record", own);
        assertChecks(own.replace("k=ed25519;", "k=ed25519; t=y;"), "only a test (t=y)", own);
        assertChecks(own.replace("k=ed25519;", "k=ed25519; s=tlsrpt;"), "not for mail", own);
    }

    /** A line of a zone file as the name server of tests reads it. */
    private static String scripted(String zoneLine) {
        return zoneLine.replace(" IN TXT ( ", " 60 TXT ")
                .replace(" IN TXT ", " 60 TXT ")
                .replace(" )", "");
    }

    private void assertChecks(String record, String problem, String own) throws IOException {
        try (ScriptedDns dns = ScriptedDns.start().with(scripted(record))) {
            assertThat(execute("dkim", "check", "-c", settings(dns, "own.pem"))).isEqualTo(1);
            assertThat(out.toString()).contains("wrong    mail._domainkey.example.com: ", problem, own);
        }
    }

    @Test
    void saysWhenDnsIsSilent() throws IOException {
        generate("ed25519", "own.pem");
        try (ScriptedDns dns = ScriptedDns.start().failing("mail._domainkey.example.com")) {
            assertThat(execute("dkim", "check", "-c", settings(dns, "own.pem"))).isEqualTo(1);
            assertThat(out.toString()).contains("DNS does not answer: SERVFAIL");
        }
    }
}
