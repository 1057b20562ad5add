package io.postrider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postrider.http.Scope;
import io.postrider.key.KeyFile;
import io.postrider.key.StoredKey;
import io.postrider.mail.SenderDomains;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationTest {

    private static final StoredKey.Rights ANY_RIGHTS =
            new StoredKey.Rights(Set.of(Scope.SEND), SenderDomains.ANY, "", Optional.empty());

    @TempDir
    Path directory;

    @Test
    void theDefaultsAloneAreClean() {
        Configuration configuration = Configuration.load(Optional.empty(), Map.of());

        assertThat(configuration.postrider().getString("sync")).isEqualTo("always");
        assertThat(configuration.config().getString("pekko.actor.provider")).isEqualTo("cluster");
    }

    @ParameterizedTest
    @ValueSource(strings = {"conf/postrider.conf", "conf/examples/smarthost.conf", "conf/examples/many-ip-pools.conf"})
    void theFilesWeShipHaveNoErrors(String file) {
        assertThat(ConfigurationCheck.check(Optional.of(Path.of(file)), Map.of()))
                .noneMatch(Finding::isError);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "data-dri = x | 2 | postrider.data-dri: there is no such key; did you mean postrider.data-dir?",
                "egress { ; windwo = 16 ; } | 3 | postrider.egress.windwo: there is no such key; did you mean postrider.egress.window?",
                "window = 16 | 2 | postrider.window: there is no such key; did you mean postrider.egress.window?",
                "nonsense-entirely = 16 | 2 | postrider.nonsense-entirely: there is no such key",
                "egress.per-site.\"a.example\" { conections = 3 } | 2 | postrider.egress.per-site.\"a.example\".conections: there is no such key; did you mean postrider.egress.per-site.\"a.example\".connections?",
                "egress.sources.one { bind = x } | 2 | postrider.egress.sources.one.bind: there is no such key",
                "egress.per-domain.\"a.example\".retry { fist = 3 s } | 2 | did you mean postrider.egress.per-domain.\"a.example\".retry.first?",
                "egress.pools.one = [ ; { source = default } ; { sauce = default } ; ] | 4 | postrider.egress.pools.one[1].sauce: there is no such key; did you mean postrider.egress.pools.one[1].source?",
            })
    void namesAnUnknownKeyItsLineAndTheNearestKnownOne(String lines, int line, String message) {
        assertFinding(lines, line, message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "retry.first = 300 | 2 | postrider.retry.first: expected a duration with its unit such as 30 s, 5 minutes or 4 hours, but got 300",
                "retry.first = soon | 2 | postrider.retry.first: expected a duration",
                "retry.factor = twice | 2 | postrider.retry.factor: expected a number, but got \"twice\"",
                "egress.window = [16] | 2 | postrider.egress.window: expected a number, but got [16]",
                "egress { ; port = 25 ; window = true ; } | 4 | postrider.egress.window: expected a number, but got true",
                "store.max-wal = much | 2 | postrider.store.max-wal: expected a size such as 64 KiB or 50 MiB, but got \"much\"",
                "dns.servers = \"127.0.0.1\" | 2 | postrider.dns.servers: expected a list",
                "dns.servers = [ ; \"127.0.0.1\" ; { a = b } ; ] | 4 | postrider.dns.servers[1]: expected a text, but got",
                "dns = 5 | 2 | postrider.dns: expected a section { … }, but got 5",
                "data-dir { a = 5 } | 2 | postrider.data-dir: expected a text, but got a section",
                "data-dir = null | 2 | postrider.data-dir: expected a text, but got null",
            })
    void namesAValueOfTheWrongKind(String lines, int line, String message) {
        assertFinding(lines, line, message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "storage = cassandra | 2 | postrider.storage: storage other than embedded is not in this version",
                "cluster.seed-nodes = [] | 2 | postrider.cluster: a cluster of several nodes is not in this version",
            })
    void namesAKeyThatIsNotInThisVersion(String lines, int line, String message) {
        assertFinding(lines, line, message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "smtp.listeners = [ ; { name = a, auth = required, auth-require-tls = false } ] | 1 | postrider.smtp.users-file: expected a file, for a requires AUTH",
                "smtp.users-file = u ; smtp.listeners = [ ; { name = a, auth = required } ] | 4 | postrider.smtp.listeners[0].auth: required, and by auth-require-tls under TLS alone",
                "smtp.listeners = [ { auth = maybe } ] | 2 | postrider.smtp.listeners[0].auth: expected off, optional or required, but got maybe",
                "smtp.listeners = [ ; { sender-domains = [\"a b\"] } ] | 3 | postrider.smtp.listeners[0].sender-domains: expected a domain such as",
                "smtp.auth.max-failures = 0 | 2 | postrider.smtp.auth.max-failures: expected 1 to 1000000, but got 0",
                "smtp.auth.max-hash-memory = 1 MiB | 2 | postrider.smtp.auth.max-hash-memory: expected",
            })
    void namesWhatIsWrongWithLoggingIn(String lines, int line, String message) {
        assertThat(errors(lines.replace(" ; ", "\n")))
                .anyMatch(finding -> (line == 1 || finding.line() == line)
                        && finding.toString().contains(message));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ name = a } | postrider.smtp.listeners[0].auth | nobody can log in here without a certificate",
                "{ name = a, auth-require-tls = false } | postrider.smtp.listeners[0].auth-require-tls | in the clear",
            })
    void warnsOfListenersThatUsersCannotOrShouldNotUse(String listener, String key, String message) throws IOException {
        Path file = write("postrider.smtp { users-file = \"" + directory.resolve("none") + "\", listeners = ["
                + listener + "] }\n");

        assertThat(ConfigurationCheck.check(Optional.of(file), Map.of()))
                .anyMatch(finding -> finding.key().equals(key)
                        && !finding.isError()
                        && finding.toString().contains(message));
    }

    @Test
    void namesTheLineOfAUserThatIsWrong() throws IOException {
        Path users = Files.writeString(directory.resolve("users"), "# users\n{\"name\": \"ann\"}\n");

        assertThat(errors("smtp.users-file = \"" + users + "\""))
                .anyMatch(finding -> finding.line() == 2
                        && finding.toString()
                                .contains("postrider.smtp.users-file: " + users + ":2: expected a text in"));
    }

    @Test
    void refusesSeedNodes() throws IOException {
        Path file = write("pekko.cluster.seed-nodes = [\"pekko://postrider@a:1\"]\n");

        assertThat(ConfigurationCheck.check(Optional.of(file), Map.of()))
                .anyMatch(finding -> finding.isError()
                        && finding.line() == 1
                        && finding.key().equals("pekko.cluster.seed-nodes"));
    }

    @Test
    void whatOnlySaysWhatThisVersionDoesPasses() {
        assertThat(
                        errors(
                                """
                        storage = embedded
                        dkim.signers = []
                        admin.api-keys-file = ""
                        """))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "egress { ; window = 100000 } | 3 | postrider.egress.window: expected 1 to 1000, but got 100000",
                "sync = sometimes | 2 | postrider.sync: expected always or never, but got ",
                "node.hostname = \"not a host\" | 2 | postrider.node.hostname: expected a host name",
                "egress.mta-sts { ; timeout = 0s } | 3 | postrider.egress.mta-sts.timeout: expected 1 second to 10 minutes",
                "egress.routes { ; \"a.example\" = \"b:0\" ; } | 3 | postrider.egress.routes.\"a.example\": expected \"host:port\"",
                "dns.attempts = 99 | 2 | postrider.dns.attempts: expected 1 to 10, but got 99",
            })
    void namesTheLineOfAValueThatIsOutOfRange(String lines, int line, String message) {
        assertFinding(lines, line, message);
    }

    @Test
    void namesTheLineOfASyntaxError() throws IOException {
        Path file = write("postrider {\n  node {\n    name = }{\n");

        assertThatThrownBy(() -> Configuration.load(Optional.of(file), Map.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith(file + ":3: ");
    }

    @Test
    void namesAReferenceToNothing() throws IOException {
        Path file = write("postrider {\n  data-dir = ${nowhere.to.be.found}\n}\n");

        assertThatThrownBy(() -> Configuration.load(Optional.of(file), Map.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith(file + ":2: ")
                .hasMessageContaining("nowhere.to.be.found");
    }

    @Test
    void namesAFileThatIsMissing() {
        assertThatThrownBy(() -> Configuration.load(Optional.of(directory.resolve("none.conf")), Map.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("none.conf: expected a configuration file");
    }

    @Test
    void namesEverythingThatIsWrongOnceAndInOrder() {
        List<Finding> errors = errors(
                """
                sink = x
                retry.first = 300
                egress.windwo = 1
                """);

        assertThat(errors).extracting(Finding::line).containsExactly(2, 3, 4);
    }

    @Test
    void anOverrideIsStrongerThanTheFileAndCheckedLikeIt() throws IOException {
        Path file = write("postrider.data-dir = one\n");

        assertThat(Configuration.load(Optional.of(file), Map.of("postrider.data-dir", "two"))
                        .postrider()
                        .getString("data-dir"))
                .isEqualTo("two");
        assertThatThrownBy(() -> Configuration.load(Optional.of(file), Map.of("postrider.data-dri", "two")))
                .hasMessageContaining("command line")
                .hasMessageContaining("did you mean postrider.data-dir?");
    }

    @Test
    void substitutionsAndVariablesOfTheFileWork() throws IOException {
        Path file = write("here = \"/srv/mail\"\npostrider { data-dir = ${here}/data\n sync = ${postrider.sync} }\n");

        assertThat(Configuration.load(Optional.of(file), Map.of()).postrider().getString("data-dir"))
                .isEqualTo("/srv/mail/data");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sync = never | 2 | postrider.sync",
                "node.hostname = relay | 2 | postrider.node.hostname",
                "data-dir = /tmp/mail | 2 | postrider.data-dir",
                "retry.give-up-after = 1 minute | 2 | postrider.retry.give-up-after",
                "retry.first = 1 s | 2 | postrider.retry.first",
                "egress.prohibited-addresses = [] | 2 | postrider.egress.prohibited-addresses",
                "dns { ; max-waiting = 0 } | 3 | postrider.dns.max-waiting",
                "dns.servers = [\"127.0.0.1\", \"192.0.2.53\"] ; egress.dane.dnssec = resolver | 3 | postrider.egress.dane.dnssec",
                "http.bind = \"0.0.0.0:8080\" | 2 | postrider.http.bind",
                "http.bind = \"[::]:8080\" | 2 | postrider.http.bind",
                "http.bind = \"192.0.2.1:8080\" | 2 | postrider.http.bind",
                "http { bind = \"192.0.2.1:8080\" ; api-keys-file = keys } | 2 | postrider.http.bind",
                "http { ; trusted-hosts = [\"127.0.0.1\", ; \"0.0.0.0/0\"] } | 4 | postrider.http.trusted-hosts",
                "http.trusted-hosts = [\"::/0\"] | 2 | postrider.http.trusted-hosts",
                "http.trusted-hosts = [\"10.0.0.0/8\"] | 2 | postrider.http.trusted-hosts",
                "http.trusted-hosts = [\"172.17.0.0/16\"] | 2 | postrider.http.trusted-hosts",
                "http.trusted-hosts = [\"fd00::/8\"] | 2 | postrider.http.trusted-hosts",
                "http.trusted-proxies = [\"0.0.0.0/0\"] | 2 | postrider.http.trusted-proxies",
                "http.trusted-proxies = [\"192.168.0.0/16\"] | 2 | postrider.http.trusted-proxies",
                "http.trusted-names = [\"*\"] | 2 | postrider.http.trusted-names",
                "admin.trusted-hosts = [\"0.0.0.0/0\"] | 2 | postrider.admin.trusted-hosts",
                "metrics.trusted-hosts = [\"0.0.0.0/0\"] | 2 | postrider.metrics.trusted-hosts",
                "http.api-keys-file = nowhere | 2 | postrider.http.api-keys-file",
                "admin.api-keys-file = nowhere | 2 | postrider.admin.api-keys-file",
                "smtp.users-file = nowhere | 2 | postrider.smtp.users-file",
            })
    void warnsOfWhatIsUnwise(String lines, int line, String key) throws IOException {
        Path file = write("postrider {\n" + lines.replace(" ; ", "\n") + "\n}\n");

        List<Finding> findings = ConfigurationCheck.check(Optional.of(file), Map.of());

        assertThat(findings).noneMatch(Finding::isError);
        assertThat(findings)
                .anyMatch(finding -> finding.key().equals(key)
                        && finding.line() == line
                        && finding.file().equals(file.toString()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http.bind = \"127.0.0.2:8080\"",
                "http.bind = \"[::1]:8080\"",
                "http.bind = \"localhost:8080\"",
                "http.trusted-hosts = [\"10.0.0.7\", \"198.51.100.0/24\", \"2001:db8::/32\"]",
                "http.trusted-proxies = [\"172.17.0.1\", \"127.0.0.1\"]",
                "http.trusted-names = [\"mail.internal\"]",
                "http { bind = \"0.0.0.0:80\", api-keys-file = KEYS, trusted-proxies = [\"192.0.2.1\"] }",
            })
    void warnsOfNothingThatIsWise(String line) throws IOException {
        Path keys = directory.resolve("keys");
        new KeyFile(keys).create("shop", ANY_RIGHTS, Instant.EPOCH, new SecureRandom());
        Path file = write("postrider {\n" + line.replace("KEYS", "\"" + keys + "\"") + "\n}\n");

        assertThat(ConfigurationCheck.check(Optional.of(file), Map.of()))
                .noneMatch(finding -> finding.key().startsWith("postrider.http"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dns.servers = [\"127.0.0.53\", \"[::1]:5353\"], egress.dane.dnssec = resolver",
                "dns.servers = [\"192.0.2.53\"], egress.dane.dnssec = validate",
                "dns.servers = [\"192.0.2.53\"], egress.dane.dnssec = off",
            })
    void warnsOfNoResolverThatNobodyCanStandInFor(String line) throws IOException {
        Path file = write("postrider {\n" + line + "\n}\n");

        assertThat(ConfigurationCheck.check(Optional.of(file), Map.of()))
                .noneMatch(finding -> finding.isError() || finding.key().startsWith("postrider.egress"));
    }

    @Test
    void warnsThatTheHostnameIsStillTheExample() {
        assertThat(ConfigurationCheck.check(Optional.empty(), Map.of()))
                .anyMatch(finding -> finding.key().equals("postrider.node.hostname")
                        && finding.file().equals("reference.conf"));
    }

    private void assertFinding(String lines, int line, String message) {
        assertThat(errors(lines.replace(" ; ", "\n")))
                .anyMatch(finding -> finding.line() == line
                        && finding.toString().contains(message)
                        && finding.file()
                                .equals(directory.resolve("postrider.conf").toString()));
    }

    private List<Finding> errors(String lines) {
        try {
            Path file = write("postrider {\n" + lines + "\n}\n");
            return ConfigurationCheck.check(Optional.of(file), Map.of()).stream()
                    .filter(Finding::isError)
                    .toList();
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    private Path write(String text) throws IOException {
        return Files.writeString(directory.resolve("postrider.conf"), text);
    }
}
