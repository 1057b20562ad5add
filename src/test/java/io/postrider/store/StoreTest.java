package io.postrider.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {

    private static final Family ROWS = Family.rows("rows");
    private static final Family BODIES = Family.bodies("bodies");
    private static final List<Family> FAMILIES = List.of(ROWS, BODIES);

    private final TemporaryStore temporary = TemporaryStore.with(FAMILIES);

    @TempDir
    Path scratch;

    @AfterEach
    void close() {
        temporary.close();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] number(int number) {
        return ByteBuffer.allocate(4).putInt(number).array();
    }

    static void await(CompletionStage<?> stage) {
        stage.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
    }

    private static List<Integer> numbers(Store store) {
        List<Integer> numbers = new ArrayList<>();
        store.scan(store.table(ROWS), new byte[0], new byte[] {(byte) 0xFF}, (key, value) -> {
            numbers.add(ByteBuffer.wrap(key).getInt());
            return true;
        });
        return numbers;
    }

    @Test
    void readsWhatItWroteInAllFamiliesAlsoAfterARestart() {
        Store store = temporary.store();
        byte[] large = new byte[100_000];
        await(store.write(new Writes()
                .put(store.table(ROWS), bytes("a"), bytes("1"))
                .put(store.table(BODIES), bytes("a"), large)
                .put(store.table(ROWS), bytes("b"), bytes("2"))));
        await(store.write(new Writes().delete(store.table(ROWS), bytes("a"))));

        Store again = temporary.reopen();

        assertThat(again.get(again.table(ROWS), bytes("a"))).isEmpty();
        assertThat(again.get(again.table(BODIES), bytes("a"))).hasValue(large);
        List<Optional<byte[]>> values = again.multiGet(again.table(ROWS), List.of(bytes("x"), bytes("b")));
        assertThat(values).hasSize(2);
        assertThat(values.get(0)).isEmpty();
        assertThat(values.get(1)).hasValue(bytes("2"));
        assertThat(again.multiGet(again.table(ROWS), List.of())).isEmpty();
    }

    @Test
    void scansARangeInOrderAndFindsItsLastKey() {
        Store store = temporary.store();
        Table rows = store.table(ROWS);
        Writes writes = new Writes();
        for (int i = 0; i < 10; i++) {
            writes.put(rows, number(i), number(i));
        }
        await(store.write(writes.deleteRange(rows, number(4), number(6))));

        List<Integer> seen = new ArrayList<>();
        store.scan(rows, number(2), number(9), (key, value) -> {
            seen.add(ByteBuffer.wrap(key).getInt());
            return seen.size() < 4;
        });

        assertThat(seen).containsExactly(2, 3, 6, 7);
        seen.clear();
        store.scanBack(rows, number(2), number(8), (key, value) -> {
            seen.add(ByteBuffer.wrap(key).getInt());
            return seen.size() < 3;
        });
        assertThat(seen).containsExactly(7, 6, 3);
        seen.clear();
        store.scanBack(
                rows,
                number(4),
                number(7),
                (key, value) -> seen.add(ByteBuffer.wrap(key).getInt()));
        assertThat(seen).containsExactly(6);
        assertThat(store.lastKey(rows, number(2), number(9))).hasValue(number(8));
        assertThat(store.lastKey(rows, number(4), number(6))).isEmpty();
    }

    @Test
    void refusesAFamilyThatItWasNotOpenedWith() {
        assertThatThrownBy(() -> temporary.store().table(Family.rows("other"))).hasMessageContaining("other");
    }

    @Test
    void opensAlsoWhenAFamilyOnDiskIsNotAskedFor() {
        temporary.store().close();

        Store store = Store.open(temporary.directory(), TemporaryStore.settings(), List.of(ROWS), StoreListener.NONE);

        assertThat(store.get(store.table(ROWS), bytes("a"))).isEmpty();
        store.close();
    }

    @Test
    void keepsTheDirectoryForOneProcess() {
        assertThatThrownBy(() ->
                        Store.open(temporary.directory(), TemporaryStore.settings(), FAMILIES, StoreListener.NONE))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("postrider.data-dir")
                .hasMessageContaining(String.valueOf(ProcessHandle.current().pid()));
    }

    @Test
    void closesTwiceAndAnswersNothingAfterwards() {
        Store store = temporary.store();
        Table rows = store.table(ROWS);
        store.close();
        store.close();

        assertThatThrownBy(() -> store.get(rows, bytes("a"))).isInstanceOf(StoreFailed.class);
        assertThatThrownBy(() -> await(store.write(new Writes()))).hasCauseInstanceOf(StoreFailed.class);
        assertThatThrownBy(() -> await(store.reading(() -> 1))).hasCauseInstanceOf(StoreFailed.class);
    }

    @Test
    void findsAllThatWasAnsweredForBeforeATornTail() throws IOException {
        Store store = temporary.store();
        Table rows = store.table(ROWS);
        for (int i = 0; i < 20; i++) {
            await(store.write(new Writes().put(rows, number(i), new byte[1000])));
        }
        Path copy = copy(temporary.directory());
        Path log = newestLog(copy);
        byte[] torn = new byte[3000];
        Arrays.fill(torn, 1500, 3000, (byte) 0x5A);
        Files.write(log, torn, StandardOpenOption.APPEND);

        try (Store recovered = Store.open(copy, TemporaryStore.settings(), FAMILIES, StoreListener.NONE)) {
            assertThat(numbers(recovered)).hasSize(20);
        }
    }

    @Test
    void leavesAPrefixWhenTheLastRecordIsCutShort() throws IOException {
        Store store = temporary.store();
        Table rows = store.table(ROWS);
        for (int i = 0; i < 20; i++) {
            await(store.write(new Writes().put(rows, number(i), new byte[1000])));
        }
        Path copy = copy(temporary.directory());
        Path log = newestLog(copy);
        byte[] whole = Files.readAllBytes(log);
        Files.write(log, Arrays.copyOf(whole, whole.length - 10));

        try (Store recovered = Store.open(copy, TemporaryStore.settings(), FAMILIES, StoreListener.NONE)) {
            assertThat(numbers(recovered)).hasSize(19).startsWith(0, 1, 2).endsWith(18);
        }
    }

    @Test
    void hasAfterAKillAllThatItAnsweredFor() throws Exception {
        Path directory = scratch.resolve("killed");
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WritesUntilKilled.class.getName(),
                        directory.toString())
                .redirectError(scratch.resolve("stderr").toFile())
                .start();
        List<Integer> answered = new ArrayList<>();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            while (answered.size() < 500) {
                String line = lines.readLine();
                assertThat(line)
                        .as(() -> "a line, but " + text(scratch.resolve("stderr")))
                        .isNotNull();
                answered.add(Integer.parseInt(line));
            }
            assertThatThrownBy(() -> Store.open(directory, TemporaryStore.settings(), FAMILIES, StoreListener.NONE))
                    .hasMessageContaining("process " + process.pid());
            // By its handle: the process itself would close its output, and the last answers would be lost.
            process.toHandle().destroyForcibly();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.length() == 7) {
                    answered.add(Integer.parseInt(line));
                }
            }
        }
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();

        try (Store recovered = Store.open(directory, TemporaryStore.settings(), FAMILIES, StoreListener.NONE)) {
            assertThat(numbers(recovered)).containsAll(answered);
        }
    }

    /** Writes numbers from a few threads, and prints each as soon as it was answered for. */
    static final class WritesUntilKilled {
        public static void main(String[] arguments) {
            Store store = Store.open(Path.of(arguments[0]), TemporaryStore.settings(), FAMILIES, StoreListener.NONE);
            Table rows = store.table(ROWS);
            for (int thread = 0; thread < 4; thread++) {
                int first = 1_000_000 + thread;
                new Thread(() -> {
                            for (int i = first; ; i += 4) {
                                await(store.write(new Writes().put(rows, number(i), new byte[300])));
                                synchronized (System.out) {
                                    System.out.println(i);
                                    System.out.flush();
                                }
                            }
                        })
                        .start();
            }
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private Path copy(Path directory) throws IOException {
        Path copy = scratch.resolve("copy");
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(directory.relativize(file).toString()));
            }
        }
        return copy;
    }

    private static Path newestLog(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("store"))) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
        }
    }
}
