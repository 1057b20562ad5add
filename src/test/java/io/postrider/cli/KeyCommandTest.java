package io.postrider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyCommandTest {

    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int execute(String... args) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Main.execute(new PrintWriter(out), new PrintWriter(err), args);
    }

    private String file() {
        return directory.resolve("keys").toString();
    }

    private JsonNode json() throws IOException {
        return new ObjectMapper().readTree(out.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"create", "list", "revoke"})
    void everyPartHasHelp(String part) {
        assertThat(execute("key", part, "--help")).isZero();
        assertThat(out.toString()).startsWith("Usage: postrider key " + part).contains("--json", "--file");
    }

    @Test
    void makesListsAndRevokes() throws IOException {
        assertThat(execute("key", "list", "--file", file())).isZero();
        assertThat(out.toString()).isEqualToIgnoringNewLines("there are no keys");

        assertThat(execute("key", "create", "--name", "billing", "--domain", "*", "--file", file(), "--json"))
                .isZero();
        String id = json().path("id").textValue();
        String secret = json().path("key").textValue();
        assertThat(secret).startsWith("prk_").hasSize(47);

        assertThat(execute(
                        "key",
                        "create",
                        "--name",
                        "shop",
                        "--domain",
                        "Example.com,*.example.net",
                        "--scope",
                        "send",
                        "--tenant",
                        "acme",
                        "--expires",
                        "90d",
                        "--file",
                        file()))
                .isZero();
        assertThat(out.toString())
                .contains(
                        "name  shop",
                        "for   send\n",
                        "from  example.com, *.example.net\n",
                        "only  tenant acme\n",
                        "until 2",
                        "key   prk_",
                        "Keep the key now",
                        file(),
                        "Authorization: Bearer KEY");

        assertThat(execute("key", "list", "--file", file())).isZero();
        assertThat(out.toString()).contains(id, "billing", "shop").doesNotContain("prk_");
        assertThat(execute("key", "list", "--file", file(), "--json")).isZero();
        assertThat(json().path("keys")).hasSize(2);
        assertThat(json().path("keys").path(0).path("name").textValue()).isEqualTo("billing");
        assertThat(json().path("keys").path(0).path("scopes").toString()).isEqualTo("[\"send\",\"read\"]");
        assertThat(json().path("keys").path(1).path("tenant").textValue()).isEqualTo("acme");

        assertThat(execute("key", "revoke", id, "--file", file())).isZero();
        assertThat(out.toString()).isEqualToIgnoringNewLines(id + " is revoked");
        assertThat(execute("key", "revoke", id, "--file", file())).isOne();
        assertThat(err.toString()).startsWith("there is no key with this id");
        assertThat(execute("key", "revoke", id, "--file", file(), "--json")).isOne();
        assertThat(json().path("revoked").booleanValue()).isFalse();
    }

    @Test
    void saysWhereToNameAFileWhenThereIsNone() throws IOException {
        Path configuration = Files.writeString(directory.resolve("relay.conf"), "postrider {}\n");

        assertThat(execute("key", "create", "--name", "shop", "--domain", "*", "-c", configuration.toString()))
                .isEqualTo(2);
        assertThat(err.toString())
                .startsWith("there is no file for keys yet: put one into " + configuration)
                .contains("postrider.http.api-keys-file = ", "--file");
    }

    @Test
    void doesNotRepeatAKeyThatWasTypedForAnId() {
        assertThat(execute("key", "revoke", "prk_secret", "--file", file())).isOne();
        assertThat(out.toString() + err).doesNotContain("prk_secret");
    }

    @Test
    void namesLinesThatAreNoKeys() throws IOException {
        Files.writeString(directory.resolve("keys"), "nonsense\n");

        assertThat(execute("key", "list", "--file", file())).isOne();
        assertThat(err.toString()).startsWith(file() + ":1: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--scope send",
                "--scope fly --domain *",
                "--domain a..b",
                "--domain * --expires yesterday",
                "--domain * --expires 2020-01-01",
                "--domain * --tenant a\u0007b",
                "--domain * --tenant aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                        + "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            })
    void saysWhatARightMayBe(String rights) {
        String[] all = ("key create --name x --file " + file() + " " + rights).split(" ");

        assertThat(execute(all)).isEqualTo(2);
        assertThat(err.toString()).contains(": expected ");
    }

    @Test
    void saysWhyAFileCannotBeWritten() throws IOException {
        String below = Files.writeString(directory.resolve("plain"), "") + "/keys";

        assertThat(execute("key", "create", "--name", "x", "--domain", "*", "--file", below))
                .isOne();
        assertThat(err.toString()).contains(": there is something of this name already");
    }

    @Test
    void makesKeysForOperators() throws IOException {
        assertThat(execute("key", "create", "--name", "ops", "--admin", "--file", file(), "--json"))
                .isZero();
        assertThat(json().path("scopes").toString()).isEqualTo("[\"admin\"]");
    }

    @Test
    void saysTwoToWrongUsage() {
        assertThat(execute("key")).isEqualTo(2);
        assertThat(execute("key", "create", "--file", file())).isEqualTo(2);
        assertThat(execute("key", "create", "--file", file(), "--name", "")).isEqualTo(2);
        assertThat(execute("key", "revoke", "--file", file())).isEqualTo(2);
        assertThat(execute("key", "fly")).isEqualTo(2);
    }
}
