package io.postrider.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postrider.mail.SenderDomains;
import io.postrider.retry.Rate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UserFileTest {

    private static final Instant AT = Instant.parse("2026-02-03T04:05:06.789Z");

    @TempDir
    Path directory;

    private Path path;
    private UserFile file;

    @BeforeEach
    void file() {
        path = directory.resolve("users");
        file = new UserFile(path, 64 << 10);
    }

    private User add(String name, String password) throws IOException {
        return file.add(
                new UserFile.NewUser(
                        name,
                        password,
                        SenderDomains.parse(List.of("example.com")),
                        "acme",
                        new UserLimits(UserLimits.rate("100/hour"), UserLimits.rate("1000/day"), 10),
                        false),
                AT,
                new SecureRandom());
    }

    @Test
    void keepsHashesAndNeverThePassword() throws IOException {
        add("ann", "correct horse");

        String text = Files.readString(path);
        assertThat(text)
                .contains(
                        "\"ann\"", "$argon2id$v=19$m=19456,t=2,p=1$", "SCRAM-SHA-256$8192:", "\"2026-02-03T04:05:06Z\"")
                .doesNotContain("horse");
        assertThat(Files.getPosixFilePermissions(path)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        User read = file.read().all().get(0);
        assertThat(read.name()).isEqualTo("ann");
        assertThat(read.domains()).isEqualTo(SenderDomains.parse(List.of("example.com")));
        assertThat(read.tenant()).isEqualTo("acme");
        assertThat(read.limits())
                .isEqualTo(new UserLimits(
                        new Rate(100, Duration.ofHours(1), 50), new Rate(1000, Duration.ofDays(1), 500), 10));
        assertThat(file.check("ann", "correct horse")).isTrue();
        assertThat(file.check("ann", "Correct horse")).isFalse();
        assertThat(file.check("bob", "correct horse")).isFalse();
    }

    @Test
    void aNameIsTakenUntilItIsReplacedOrRemoved() throws IOException {
        add("ann", "one");
        assertThatThrownBy(() -> add("ann", "two")).isInstanceOf(IllegalArgumentException.class);
        assertThat(file.check("ann", "one")).isTrue();

        file.add(
                new UserFile.NewUser("ann", "two", SenderDomains.ANY, "", UserLimits.NONE, true),
                AT,
                new SecureRandom());

        assertThat(file.check("ann", "two")).isTrue();
        assertThat(file.read().all()).hasSize(1);
        assertThat(file.remove("ann")).isTrue();
        assertThat(file.remove("ann")).isFalse();
        assertThat(file.read().all()).isEmpty();
    }

    @Test
    void wantsANameAndAPasswordThatClientsCanSend() {
        for (String name : List.of("", "a\nb", "x".repeat(129), "\uFB01x", "a\u00ADb")) {
            assertThatThrownBy(() -> add(name, "p")).isInstanceOf(IllegalArgumentException.class);
        }
        for (String password : List.of("", "\u00AD", "a\0b", "x".repeat(1025))) {
            assertThatThrownBy(() -> add("ann", password)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void whoeverWasWrittenBeforeThereWasALimitHasNone() throws IOException {
        add("ann", "secret");
        List<String> lines = Files.readAllLines(path);
        String old = lines.get(1).replace(",\"recipients\":\"1000/day\",\"connections\":10", "");
        assertThat(old).isNotEqualTo(lines.get(1));
        Files.write(path, List.of(lines.get(0), old));

        assertThat(file.read().all().get(0).limits())
                .isEqualTo(new UserLimits(UserLimits.rate("100/hour"), Rate.UNLIMITED, Integer.MAX_VALUE));
    }

    @ParameterizedTest
    @ValueSource(ints = {128, 129})
    void writesNoTenantThatItCouldNotRead(int length) throws IOException {
        UserFile.NewUser asked =
                new UserFile.NewUser("ann", "one", SenderDomains.ANY, "x".repeat(length), UserLimits.NONE, false);

        if (length > User.LONGEST_TENANT) {
            assertThatThrownBy(() -> file.add(asked, AT, new SecureRandom()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("expected a tenant of at most 128 printable characters");
        } else {
            file.add(asked, AT, new SecureRandom());
        }

        assertThat(file.read().all()).hasSize(length > User.LONGEST_TENANT ? 0 : 1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "nonsense | expected an object of JSON",
                "{} | expected a text in name",
                "\"name\":\"ann\" ; \"name\":\"an\\u0007n\" | expected a name",
                "\"domains\":[\"example.com\"] ; \"domains\":[] | expected at least one domain",
                "\"domains\":[\"example.com\"] ; \"domains\":[\"a b\"] | expected a domain such as",
                "\"acme\" ; \"ac\\u0007me\" | expected a tenant",
                "\"tenant\" ; \"limit\" | this version knows no field limit",
                "m=19456 ; m=70000 | postrider.smtp.auth.max-hash-memory",
                "argon2id$ ; argon2i$ | expected $argon2id$",
                "8192: ; 100: | expected SCRAM-SHA-256$",
                "100/hour ; often | expected a rate",
                "1000/day ; many | expected a rate",
                ":10} ; :0} | expected a number of connections from 1",
                ":10} ; :1.5} | expected a number in connections",
                ":10} ; :\"x\"} | expected a number in connections",
                "2026- ; 2026x | expected a time",
            })
    void oneWrongLineSpoilsTheFile(String change, String problem) throws IOException {
        add("ann", "secret");
        List<String> lines = Files.readAllLines(path);
        String[] parts = change.split(" ; ");
        String line = parts.length == 1 ? change : lines.get(1).replace(parts[0].strip(), parts[1].strip());
        Files.write(path, List.of(lines.get(0), "# a comment", line));

        assertThatThrownBy(() -> file.read())
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(path + ":3: ")
                .hasMessageContaining(problem);
    }

    @Test
    void refusesTwoOfOneNameAndFormatsToCome() throws IOException {
        add("ann", "secret");
        List<String> lines = Files.readAllLines(path);
        Files.write(path, List.of(lines.get(0), lines.get(1), lines.get(1)));
        assertThatThrownBy(() -> file.read()).hasMessage(path + ":3: two users are called so");

        Files.write(path, List.of(lines.get(0).replace(":1", ":2"), lines.get(1)));
        assertThatThrownBy(() -> file.read()).hasMessageContaining("format 1 only");
    }

    @Test
    void anUnknownUserHasKeysToo() throws IOException {
        add("ann", "secret");

        Users users = file.read();
        Users later = file.read();

        assertThat(users.keys("bob").salt())
                .hasSize(16)
                .isEqualTo(later.keys("bob").salt());
        assertThat(users.keys("bob").iterations()).isEqualTo(users.keys("ann").iterations());
        assertThat(Arrays.equals(users.keys("bob").salt(), users.keys("eve").salt()))
                .isFalse();
        assertThat(users.decoy().memoryKib()).isEqualTo(19_456);
        assertThat(users.all().get(0).toString() + users.keys("ann")).doesNotContain("argon", "=,");
    }
}
