package io.postrider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ResourceLock(Resources.SYSTEM_OUT)
class UserCommandTest {

    @TempDir
    Path directory;

    private final InputStream before = System.in;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @AfterEach
    void giveBack() {
        System.setIn(before);
    }

    private int execute(String typed, String... args) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        System.setIn(new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8)));
        return Main.execute(new PrintWriter(out), new PrintWriter(err), args);
    }

    private String file() {
        return directory.resolve("users").toString();
    }

    private JsonNode json() throws IOException {
        return new ObjectMapper().readTree(out.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"add", "list", "remove", "check"})
    void everyPartHasHelpAndNoneTakesAPassword(String part) {
        assertThat(execute("", "user", part, "--help")).isZero();
        assertThat(out.toString())
                .startsWith("Usage: postrider user " + part)
                .contains("--json", "--file")
                .doesNotContain("--password");
    }

    @Test
    void addsListsChecksAndRemoves() throws IOException {
        assertThat(execute("", "user", "list", "--file", file())).isZero();
        assertThat(out.toString()).isEqualToIgnoringNewLines("there are no users: there is no file " + file());

        assertThat(execute(
                        "s3cret\nmore\n",
                        "user",
                        "add",
                        "ann",
                        "--domain",
                        "Example.com,*.example.net",
                        "--tenant",
                        "acme",
                        "--rate",
                        "100/hour",
                        "--recipients",
                        "2000/day",
                        "--connections",
                        "12",
                        "--file",
                        file()))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).startsWith("ann may log in, by " + file()).contains("example.com, *.example.net");
        assertThat(Files.getPosixFilePermissions(directory.resolve("users")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(Files.readString(directory.resolve("users"))).doesNotContain("s3cret");
        assertThat(execute("x\n", "user", "add", "ann", "--domain", "*", "--file", file()))
                .isEqualTo(2);
        assertThat(err.toString()).startsWith("there is a user of this name");

        assertThat(execute("", "user", "list", "--file", file(), "--json")).isZero();
        assertThat(json().path("users").path(0).path("tenant").textValue()).isEqualTo("acme");
        assertThat(json().path("users").path(0).path("rate").textValue()).isEqualTo("100/hour");
        assertThat(json().path("users").path(0).path("connections").intValue()).isEqualTo(12);
        assertThat(json().path("users").path(0).path("recipients").textValue()).isEqualTo("2000/day");
        assertThat(execute("", "user", "list", "--file", file())).isZero();
        assertThat(out.toString())
                .contains("ann", "example.com, *.example.net", "100/hour", "2000/day", "12")
                .doesNotContain("argon", "SCRAM");

        assertThat(execute("s3cret\r\n", "user", "check", "ann", "--file", file()))
                .isZero();
        assertThat(execute("other\n", "user", "check", "ann", "--file", file())).isOne();
        assertThat(execute("s3cret\n", "user", "check", "bob", "--file", file()))
                .isOne();
        assertThat(execute("new\n", "user", "add", "ann", "--domain", "*", "--replace", "--file", file()))
                .isZero();
        assertThat(execute("new\n", "user", "check", "ann", "--file", file(), "--json"))
                .isZero();
        assertThat(json().path("right").booleanValue()).isTrue();

        assertThat(execute("", "user", "remove", "ann", "--file", file())).isZero();
        assertThat(execute("", "user", "remove", "ann", "--file", file())).isOne();
    }

    @Test
    void saysWhatIsWrong() throws IOException {
        assertThat(execute("p\n", "user", "add", "ann", "--file", file())).isEqualTo(2);
        assertThat(execute("p\n", "user", "add", "ann", "--domain", "a b", "--file", file()))
                .isEqualTo(2);
        assertThat(execute("p\n", "user", "add", "ann", "--domain", "*", "--rate", "often", "--file", file()))
                .isEqualTo(2);
        assertThat(execute("p\n", "user", "add", "ann", "--domain", "*", "--recipients", "-1", "--file", file()))
                .isEqualTo(2);
        assertThat(err.toString()).startsWith("expected a rate such as");
        assertThat(execute("p\n", "user", "add", "ann", "--domain", "*", "--connections", "0", "--file", file()))
                .isEqualTo(2);
        assertThat(err.toString()).startsWith("expected a number of connections from 1, but got 0");
        assertThat(execute("p\n", "user", "add", "ann", "--domain", "*", "--connections", "few", "--file", file()))
                .isEqualTo(2);
        assertThat(err.toString()).startsWith("expected a number of connections such as 10");
        assertThat(execute("\n", "user", "add", "ann", "--domain", "*", "--file", file()))
                .isEqualTo(2);
        assertThat(execute("", "user", "add", "ann", "--domain", "*", "--file", file()))
                .isOne();
        assertThat(execute("", "user", "fly")).isEqualTo(2);
        assertThat(directory.resolve("users")).doesNotExist();

        Files.writeString(directory.resolve("users"), "nonsense\n");
        assertThat(execute("", "user", "list", "--file", file())).isOne();
        assertThat(err.toString()).contains(file() + ":1: expected an object of JSON");
    }

    @Test
    void saysWhereToNameAFileWhenThereIsNone() throws IOException {
        Path configuration = Files.writeString(directory.resolve("relay.conf"), "postrider {}\n");

        assertThat(execute("", "user", "list", "-c", configuration.toString())).isEqualTo(2);
        assertThat(err.toString())
                .startsWith("there is no file for users yet: put one into " + configuration)
                .contains("postrider.smtp.users-file = ", "--file");
    }
}
