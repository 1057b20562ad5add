package io.postrider.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WriterTest {

    private static final long MIB = 1 << 20;

    private final SteppedDisk disk = new SteppedDisk();
    private Writer writer = started(settings(true, 1000, Duration.ofHours(1), Duration.ZERO));

    @AfterEach
    void close() {
        disk.free();
        writer.close();
    }

    @Test
    void completesOnlyAfterTheSync() {
        CompletionStage<Void> done = writer.write(new Writes());

        Call call = disk.next();
        assertThat(call.sync()).isTrue();
        assertThat(done.toCompletableFuture()).isNotDone();

        call.succeed();
        join(done);
    }

    @Test
    void gathersWhatComesDuringASyncIntoOneBatch() {
        List<CompletionStage<Void>> stages = new ArrayList<>();
        stages.add(writer.write(new Writes()));
        Call first = disk.next();
        for (int i = 0; i < 50; i++) {
            stages.add(writer.offer(new Writes()));
        }
        first.succeed();
        Call second = disk.next();
        second.succeed();
        stages.forEach(WriterTest::join);

        assertThat(first.batch()).hasSize(1);
        assertThat(second.batch()).hasSize(50);
    }

    @Test
    void keepsABatchWithinItsBytesAndTakesOneLargeWriteAlone() {
        writer.write(new Writes());
        Call first = disk.next();
        writer.write(ofBytes(600_000));
        writer.write(ofBytes(600_000));
        writer.write(ofBytes(3_000_000));
        first.succeed();

        for (int i = 0; i < 3; i++) {
            Call next = disk.next();
            assertThat(next.batch()).hasSize(1);
            next.succeed();
        }
    }

    @Test
    void writesLazyOnesInOrderAndCompletesThemWithTheNextSync() {
        Writes lazy = new Writes();
        CompletionStage<Void> lazyDone = writer.writeLazily(lazy);
        Call first = disk.next();
        assertThat(first.sync()).isFalse();
        assertThat(first.batch()).containsExactly(lazy);
        first.succeed();

        CompletionStage<Void> done = writer.write(new Writes());
        Call second = disk.next();
        assertThat(second.sync()).isTrue();
        assertThat(lazyDone.toCompletableFuture()).isNotDone();
        second.succeed();

        join(done);
        join(lazyDone);
    }

    @Test
    void makesALazyWriteVisibleBeforeItIsDurable() {
        CompletableFuture<Void> visible = new CompletableFuture<>();
        CompletionStage<Void> done = writer.writeLazily(new Writes().whenVisible(() -> visible.complete(null)));

        disk.next().succeed();

        join(visible);
        assertThat(done.toCompletableFuture()).isNotDone();
    }

    @Test
    void syncsLazyWritesOnAnIdleStore() {
        writer.close();
        writer = started(settings(true, 1000, Duration.ofMillis(1), Duration.ZERO));
        CompletionStage<Void> done = writer.writeLazily(new Writes());

        disk.next().succeed();
        Call sync = disk.next();
        assertThat(sync.batch()).isEmpty();
        sync.succeed();

        join(done);
    }

    @Test
    void leavesAWriteThatIsNoMailToTheSyncOfTheNextMail() {
        writer.close();
        writer = started(settings(true, 1000, Duration.ofMillis(100), Duration.ofHours(1), Duration.ZERO));
        CompletionStage<Void> journal = writer.write(new Writes());
        Call first = disk.next();
        assertThat(first.sync()).isFalse();
        CompletionStage<Void> mail = writer.offer(new Writes());
        first.succeed();

        Call second = disk.next();
        assertThat(second.sync()).isTrue();
        assertThat(journal.toCompletableFuture()).isNotDone();
        second.succeed();

        join(journal);
        join(mail);
    }

    @Test
    void syncsAWriteThatIsNoMailSoonOnAnIdleStoreThoughALazyOneCameBefore() {
        writer.close();
        writer = started(settings(true, 1000, Duration.ofMillis(1), Duration.ofHours(1), Duration.ZERO));
        CompletionStage<Void> lazy = writer.writeLazily(new Writes());
        disk.next().succeed();
        CompletionStage<Void> journal = writer.write(new Writes());
        Call call = disk.next();
        assertThat(call.sync()).isFalse();
        call.succeed();

        Call sync = disk.next();
        assertThat(sync.batch()).isEmpty();
        assertThat(journal.toCompletableFuture()).isNotDone();
        sync.succeed();

        join(lazy);
        join(journal);
    }

    @Test
    void neverSyncsWhenToldSo() {
        writer.close();
        writer = started(settings(false, 1000, Duration.ofHours(1), Duration.ZERO));
        CompletionStage<Void> done = writer.write(new Writes());
        Call call = disk.next();
        assertThat(call.sync()).isFalse();
        call.succeed();
        join(done);

        CompletionStage<Void> lazy = writer.writeLazily(new Writes());
        disk.next().succeed();
        join(lazy);
    }

    @Test
    void refusesNewMailButNotTheJournalWhenItsQueueIsFull() {
        writer.close();
        writer = started(settings(true, 2, Duration.ofHours(1), Duration.ZERO));
        writer.write(new Writes());
        Call first = disk.next();
        CompletionStage<Void> taken = writer.offer(new Writes());
        CompletionStage<Void> alsoTaken = writer.offer(new Writes());
        CompletionStage<Void> refused = writer.offer(new Writes());
        CompletionStage<Void> journal = writer.write(new Writes());

        assertThatThrownBy(() -> join(refused)).hasCauseInstanceOf(Overloaded.class);
        first.succeed();
        Call second = disk.next();
        assertThat(second.batch()).hasSize(3);
        second.succeed();
        join(taken);
        join(alsoTaken);
        join(journal);
    }

    @Test
    void refusesNewMailByBytes() {
        writer.write(new Writes());
        disk.next();
        CompletionStage<Void> taken = writer.offer(ofBytes((int) (3 * MIB)));
        CompletionStage<Void> refused = writer.offer(ofBytes((int) (2 * MIB)));

        assertThat(taken.toCompletableFuture()).isNotDone();
        assertThatThrownBy(() -> join(refused)).hasCauseInstanceOf(Overloaded.class);
    }

    @Test
    void triesAFailedWriteAgainUntilItWorks() {
        writer.close();
        writer = started(settings(true, 1000, Duration.ofHours(1), Duration.ofHours(1)));
        Writes journal = new Writes();
        Writes mail = new Writes();
        writer.write(new Writes());
        Call first = disk.next();
        CompletionStage<Void> journalDone = writer.write(journal);
        CompletionStage<Void> mailDone = writer.offer(mail);
        first.succeed();

        disk.next().fail();
        disk.next().fail();
        Call third = disk.next();
        third.succeed();

        assertThat(third.batch()).containsExactly(journal, mail);
        join(journalDone);
        join(mailDone);
        assertThat(writer.isHealthy()).isTrue();
    }

    @Test
    void givesNewMailBackWhenTheDiskKeepsFailingAndKeepsTheJournal() {
        Writes journal = new Writes();
        writer.write(new Writes());
        Call first = disk.next();
        CompletionStage<Void> journalDone = writer.write(journal);
        CompletionStage<Void> mail = writer.offer(new Writes());
        first.succeed();

        disk.next().fail();

        assertThatThrownBy(() -> join(mail)).hasCauseInstanceOf(StoreFailed.class);
        Call again = disk.next();
        assertThat(writer.isHealthy()).isFalse();
        assertThat(again.batch()).containsExactly(journal);
        again.succeed();
        join(journalDone);
        assertThat(writer.isHealthy()).isTrue();
    }

    @Test
    void findsOutByNewMailThatTheDiskWorksAgain() {
        CompletionStage<Void> failed = writer.offer(new Writes());
        disk.next().fail();
        assertThatThrownBy(() -> join(failed)).hasCauseInstanceOf(StoreFailed.class);
        assertThat(writer.isHealthy()).isFalse();

        CompletionStage<Void> probe = writer.offer(new Writes());
        disk.next().succeed();

        join(probe);
        assertThat(writer.isHealthy()).isTrue();
    }

    @Test
    void writesWhatWaitsBeforeItCloses() {
        writer.write(new Writes());
        Call first = disk.next();
        CompletionStage<Void> waiting = writer.writeLazily(new Writes());
        disk.free();
        first.succeed();

        writer.close();

        assertThat(waiting.toCompletableFuture()).isCompleted();
        assertThatThrownBy(() -> join(writer.write(new Writes()))).hasCauseInstanceOf(StoreFailed.class);
    }

    private Writer started(StoreSettings settings) {
        Writer started = new Writer(disk, settings, StoreListener.NONE, Runnable::run);
        started.start();
        return started;
    }

    private static StoreSettings settings(boolean sync, int queueWrites, Duration lazySync, Duration unhealthyAfter) {
        return settings(sync, queueWrites, Duration.ZERO, lazySync, unhealthyAfter);
    }

    private static StoreSettings settings(
            boolean sync, int queueWrites, Duration syncWithin, Duration lazySync, Duration unhealthyAfter) {
        return new StoreSettings(
                sync,
                16 * MIB,
                32 * MIB,
                4 * MIB,
                32 * MIB,
                2,
                MIB,
                4 * MIB,
                queueWrites,
                syncWithin,
                lazySync.toMillis() > 60_000 ? Duration.ofMinutes(1) : lazySync,
                Duration.ofMillis(1),
                unhealthyAfter,
                1,
                10);
    }

    /** Never written to a table: only their size counts here. */
    private static Writes ofBytes(int bytes) {
        return new Writes().put(new Table("none", null), new byte[0], new byte[bytes]);
    }

    private static void join(CompletionStage<Void> stage) {
        try {
            stage.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof CompletionException ? (CompletionException) e.getCause() : e;
        }
    }

    /** One call to the disk, which waits for its result. */
    private record Call(List<Writes> batch, boolean sync, CompletableFuture<Boolean> result) {
        void succeed() {
            result.complete(true);
        }

        void fail() {
            result.complete(false);
        }
    }

    /** A disk that does one step at a time, as the test says. */
    private static final class SteppedDisk implements Disk {
        private final LinkedBlockingQueue<Call> calls = new LinkedBlockingQueue<>();
        private final List<Call> all = new CopyOnWriteArrayList<>();
        private volatile boolean free;

        Call next() {
            try {
                Call call = calls.poll(30, TimeUnit.SECONDS);
                assertThat(call).as("a call to the disk").isNotNull();
                return call;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        /** From now on everything works at once. */
        void free() {
            free = true;
            all.forEach(Call::succeed);
        }

        @Override
        public void write(List<Writes> batch, boolean sync) throws IOException {
            Call call = new Call(List.copyOf(batch), sync, new CompletableFuture<>());
            all.add(call);
            calls.add(call);
            if (!free && !call.result().join()) {
                throw new IOException("no space left on device");
            }
        }

        @Override
        public void sync() throws IOException {
            write(List.of(), true);
        }
    }
}
