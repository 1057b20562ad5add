package io.postrider.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postrider.http.Scope;
import io.postrider.mail.SenderDomains;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyFileTest {

    private static final Instant AT = Instant.parse("2026-02-03T04:05:06.789Z");

    static final StoredKey.Rights RIGHTS = new StoredKey.Rights(
            Set.of(Scope.SEND), SenderDomains.parse(List.of("example.com")), "acme", Optional.of(AT.plusSeconds(9)));

    @TempDir
    Path directory;

    private Path path;
    private KeyFile file;

    @BeforeEach
    void file() {
        path = directory.resolve("conf/keys.jsonl");
        file = new KeyFile(path);
    }

    private KeyFile.Created create(String name) throws IOException {
        return file.create(name, RIGHTS, AT, new SecureRandom());
    }

    @Test
    void keepsTheHashOfTheSecretAndNeverTheSecret() throws IOException {
        KeyFile.Created created = create("billing");

        assertThat(created.secret()).startsWith("prk_");
        assertThat(Base64.getUrlDecoder().decode(created.secret().substring(4))).hasSize(32);
        assertThat(Files.readString(path))
                .contains(created.key().sha256(), "billing", "2026-02-03T04:05:06Z")
                .doesNotContain(created.secret())
                .doesNotContain(created.secret().substring(4));
        assertThat(file.read().keys()).containsExactly(created.key());
        assertThat(KeyFile.hex(Secret.hash("abc")))
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    @Test
    void isForItsOwnerAlone() throws IOException {
        create("billing");

        assertThat(Files.getPosixFilePermissions(path)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        try (Stream<Path> beside = Files.list(path.getParent())) {
            assertThat(beside.map(other -> other.getFileName().toString()))
                    .containsExactlyInAnyOrder("keys.jsonl", "keys.jsonl.lock");
        }
    }

    @Test
    void revokesOneKeyAndLeavesEveryOtherLineAsItIs() throws IOException {
        KeyFile.Created first = create("a");
        Files.writeString(path, Files.readString(path) + "# a comment\n\n{\"id\": \"x\", \"scopes\": []}\n");
        KeyFile.Created second = create("b");

        assertThat(file.revoke(first.key().id())).isTrue();
        assertThat(file.revoke(first.key().id())).isFalse();

        assertThat(file.read().keys()).containsExactly(second.key());
        assertThat(Files.readString(path)).startsWith("# a comment\n\n{\"id\": \"x\", \"scopes\": []}\n{\"v\":");
    }

    @Test
    void writesThroughALink() throws IOException {
        create("a");
        Path link = Files.createSymbolicLink(directory.resolve("link"), path);

        new KeyFile(link).create("b", RIGHTS, AT, new SecureRandom());

        assertThat(link).isSymbolicLink();
        assertThat(file.read().keys()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense",
                "[]",
                "{}",
                "{\"id\":\"a\",\"name\":\"b\",\"created_at\":\"2026-02-03T04:05:06Z\",\"sha256\":\"zz\"}",
                "{\"id\":\"a\",\"name\":\"b\",\"created_at\":\"yesterday\",\"sha256\":\"HASH\"}",
                "{\"id\":\"\",\"name\":\"b\",\"created_at\":\"2026-02-03T04:05:06Z\",\"sha256\":\"HASH\"}",
                "{\"id\":7,\"name\":\"b\",\"created_at\":\"2026-02-03T04:05:06Z\",\"sha256\":\"HASH\"}",
                "{\"id\":\"a\",\"name\":\"b\",\"created_at\":\"2026-02-03T04:05:06Z\",\"sha256\":\"HASH\",\"scopes\":[]}",
                "{\"id\":\"a\",\"name\":\"b\",\"created_at\":\"2026-02-03T04:05:06Z\",\"sha256\":\"HASH\"} more",
            })
    void namesALineThatIsNoKey(String line) throws IOException {
        KeyFile.Created created = create("a");
        Files.writeString(path, Files.readString(path) + line.replace("HASH", "0".repeat(64)) + "\n");

        KeyFile.Content content = file.read();

        assertThat(content.keys()).containsExactly(created.key());
        assertThat(content.problems()).singleElement().asString().startsWith(path + ":2: ");
    }

    @Test
    void readsKeysFromBeforeThereWereRights() throws IOException {
        Files.createDirectories(path.getParent());
        Files.writeString(
                path,
                "{\"id\":\"a\",\"name\":\"b\",\"created_at\":\"2026-02-03T04:05:06Z\",\"sha256\":\"" + "0".repeat(64)
                        + "\"}\n");
        create("c");

        assertThat(file.read().problems()).isEmpty();
        assertThat(file.read().keys().get(0).rights())
                .isEqualTo(
                        new StoredKey.Rights(Set.of(Scope.SEND, Scope.READ), SenderDomains.ANY, "", Optional.empty()));
        assertThat(file.read().keys().get(1).rights()).isEqualTo(RIGHTS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"v\":3,\"scopes\":[\"send\"],\"domains\":[\"*\"]",
                "\"v\":2,\"scopes\":[\"fly\"],\"domains\":[\"*\"]",
                "\"v\":2,\"scopes\":[],\"domains\":[\"*\"]",
                "\"v\":2,\"scopes\":[\"send\"],\"domains\":[]",
                "\"v\":2,\"scopes\":[\"send\"]",
                "\"v\":2,\"scopes\":[\"send\"],\"domains\":[\"a b\"]",
                "\"v\":2,\"scopes\":[\"send\"],\"domains\":[7]",
                "\"v\":2,\"scopes\":[\"send\"],\"domains\":[\"*\"],\"tenant\":7",
                "\"v\":2,\"scopes\":[\"send\"],\"domains\":[\"*\"],\"tenant\":\"a\\u0007b\"",
                "\"v\":2,\"scopes\":[\"send\"],\"domains\":[\"*\"],\"expires_at\":\"soon\"",
                "\"v\":2,\"scopes\":[\"send\"],\"domains\":[\"*\"],\"limit\":1"
            })
    void takesNoKeyWhoseRightsItCannotRead(String rights) throws IOException {
        Files.createDirectories(path.getParent());
        Files.writeString(
                path,
                "{\"id\":\"a\",\"name\":\"b\",\"created_at\":\"2026-02-03T04:05:06Z\",\"sha256\":\"" + "0".repeat(64)
                        + "\"," + rights + "}\n");

        assertThat(file.read().keys()).isEmpty();
        assertThat(file.read().problems()).hasSize(1);
    }

    @Test
    void wantsAName() {
        for (String name : List.of("", " ", "a\nb", "x".repeat(129))) {
            assertThatThrownBy(() -> create(name)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(path).doesNotExist();
    }
}
