package io.postrider.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.postrider.mail.SenderDomains;
import io.postrider.retry.Rate;
import io.postrider.smtp.sasl.Claim;
import io.postrider.user.Logins.Finding;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

@Timeout(60)
class LoginsTest {

    @TempDir
    Path directory;

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger asked = new AtomicInteger();
    private UserFile file;
    private volatile Users users = Users.NOBODY;
    private Logins logins;

    @BeforeEach
    void open() throws IOException {
        file = new UserFile(directory.resolve("users"), 64 << 10);
        add("ann", "secret", UserLimits.NONE);
        logins = logins("");
    }

    @AfterEach
    void close() {
        logins.close();
    }

    private void add(String name, String password, UserLimits limits) throws IOException {
        file.add(
                new UserFile.NewUser(name, password, SenderDomains.parse(List.of("example.com")), "", limits, true),
                Instant.EPOCH,
                new SecureRandom());
        users = file.read();
    }

    private static LoginSettings settings(String settings) {
        Config config = ConfigFactory.parseString("postrider { " + settings + " }")
                .withFallback(ConfigFactory.parseResources("reference.conf"))
                .resolve()
                .getConfig("postrider");
        return LoginSettings.from(config);
    }

    private Logins logins(String settings) {
        return new Logins(
                settings(settings),
                () -> {
                    asked.incrementAndGet();
                    return users;
                },
                nanos::get,
                new SecureRandom());
    }

    private CompletableFuture<Finding> check(String user, String password) {
        return logins.check(new Claim.Password(user, password)).toCompletableFuture();
    }

    private boolean isRight(Finding finding) {
        return finding instanceof Finding.Right;
    }

    @Test
    void theDefaultsAreExactlyThese() {
        assertThat(settings(""))
                .isEqualTo(new LoginSettings(
                        Optional.empty(),
                        Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
                        65_536,
                        100,
                        Duration.ofMinutes(5),
                        10_000,
                        Duration.ofSeconds(3),
                        20,
                        Duration.ofMinutes(10),
                        Duration.ofMinutes(10),
                        10_000,
                        Duration.ofSeconds(1)));
        assertThat(
                        settings(
                                """
                                smtp { users-file = u, auth { hash-threads = 3, max-hash-memory = 9 MiB, max-waiting = 4
                                cache-ttl = 5s, cache-size = 6, failure-delay = 7s, max-failures = 8, failure-window = 9s
                                refuse-for = 10s, max-clients = 11, look-every = 12s } }
                                """))
                .isEqualTo(new LoginSettings(
                        Optional.of(Path.of("u")),
                        3,
                        9 << 10,
                        4,
                        Duration.ofSeconds(5),
                        6,
                        Duration.ofSeconds(7),
                        8,
                        Duration.ofSeconds(9),
                        Duration.ofSeconds(10),
                        11,
                        Duration.ofSeconds(12)));
    }

    @Test
    void aRightPasswordIsRightAndAWrongOneIsNot() {
        assertThat(check("ann", "secret").join())
                .isEqualTo(new Finding.Right(users.all().get(0).identity()));
        assertThat(check("ann", "Secret").join()).isEqualTo(new Finding.Wrong(true));
        assertThat(check("bob", "secret").join()).isEqualTo(new Finding.Wrong(false));
    }

    @Test
    void whatWasRightIsKnownForAWhile() throws IOException {
        assertThat(check("ann", "secret")).isNotDone();
        assertThat(isRight(check("ann", "secret").join())).isTrue();
        while (!check("ann", "secret").isDone()) {
            Thread.onSpinWait();
        }

        assertThat(check("ann", "secret")).isDone();
        assertThat(check("ann", "wrong")).isNotDone();
        nanos.addAndGet(Duration.ofMinutes(5).toNanos());
        assertThat(check("ann", "secret")).isNotDone();
        assertThat(isRight(check("ann", "secret").join())).isTrue();
        add("ann", "other", UserLimits.NONE);
        assertThat(isRight(check("ann", "secret").join())).isFalse();
        file.remove("ann");
        users = file.read();
        assertThat(isRight(check("ann", "other").join())).isFalse();
    }

    @Test
    void manyWithTheSamePasswordPayOnce() {
        List<CompletableFuture<Finding>> all = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            all.add(check("ann", "secret"));
        }

        // More than may wait: only one of them computes.
        assertThat(all).allMatch(one -> isRight(one.join()));
    }

    @Test
    void whoeverComesWhenTooManyWaitIsToldSo() {
        logins.close();
        logins = logins("smtp.auth { hash-threads = 1, max-waiting = 1 }");
        List<CompletableFuture<Finding>> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            all.add(check("ann", "wrong" + i));
        }

        assertThat(all).anyMatch(one -> one.join() instanceof Finding.Busy);
        assertThat(all).anyMatch(one -> one.join() instanceof Finding.Wrong);
    }

    @Test
    void whatAnExchangeHasShownCounts() {
        assertThat(isRight(logins.check(new Claim.Proven("ann"))
                        .toCompletableFuture()
                        .join()))
                .isTrue();
        assertThat(isRight(logins.check(new Claim.Proven("bob"))
                        .toCompletableFuture()
                        .join()))
                .isFalse();
        assertThat(isRight(logins.check(new Claim.Refuted("ann"))
                        .toCompletableFuture()
                        .join()))
                .isFalse();
        assertThat(logins.nonce()).isNotEqualTo(logins.nonce()).doesNotContain(",");
    }

    @Test
    void aUserMaySendAtItsRate() throws IOException {
        add("ann", "secret", new UserLimits(UserLimits.rate("4/hour"), Rate.UNLIMITED, 1));

        assertThat(List.of(logins.mayBegin("ann"), logins.mayBegin("ann"), logins.mayBegin("ann")))
                .containsExactly(true, true, false);
        nanos.addAndGet(Duration.ofHours(1).toNanos());
        assertThat(logins.mayBegin("ann")).isTrue();
        assertThat(logins.mayBegin("bob")).isFalse();
        assertThat(logins.mayName("ann")).isTrue();
    }

    @Test
    void aUserNamesRecipientsAtARateOfTheirOwn() throws IOException {
        add("ann", "secret", new UserLimits(UserLimits.rate("2/hour"), UserLimits.rate("4/hour"), 1));

        assertThat(List.of(logins.mayName("ann"), logins.mayName("ann"), logins.mayName("ann")))
                .containsExactly(true, true, false);
        assertThat(logins.mayBegin("ann")).isTrue();
        nanos.addAndGet(Duration.ofHours(1).toNanos());
        assertThat(logins.mayName("ann")).isTrue();
        assertThat(logins.mayName("bob")).isFalse();
    }

    /** Also of those that came before there was a limit. */
    @Test
    void aUserHasSoManyConnectionsAtATime() throws IOException {
        assertThat(logins.enter("ann")).isTrue();
        assertThat(logins.enter("ann")).isTrue();
        add("ann", "secret", new UserLimits(Rate.UNLIMITED, Rate.UNLIMITED, 2));

        assertThat(logins.enter("ann")).isFalse();
        assertThat(logins.enter("bob")).isTrue();
        logins.leave("ann");
        assertThat(logins.enter("ann")).isTrue();
        assertThat(logins.enter("ann")).isFalse();
        logins.leave("ann");
        logins.leave("ann");
        assertThat(logins.connections("ann")).isZero();
    }

    /** No window ever sees more than the limit, however the recipients come. */
    @Test
    void noHourSeesMoreRecipientsThanTheLimit() throws IOException {
        add("ann", "secret", new UserLimits(Rate.UNLIMITED, UserLimits.rate("100/hour"), 1));
        long minute = Duration.ofMinutes(1).toNanos();

        List<Integer> perMinute = new ArrayList<>();
        for (int i = 0; i < 180; i++) {
            int taken = 0;
            while (taken < 200 && logins.mayName("ann")) {
                taken++;
            }
            perMinute.add(taken);
            nanos.addAndGet(minute);
        }

        assertThat(perMinute.get(0)).isEqualTo(50);
        for (int from = 0; from + 60 <= perMinute.size(); from++) {
            assertThat(perMinute.subList(from, from + 60).stream()
                            .mapToInt(Integer::intValue)
                            .sum())
                    .isBetween(49, 100);
        }
    }

    @Test
    void aBrokenFileKeepsTheUsersThatThereWere() throws Exception {
        try (WatchedUsers watched = WatchedUsers.open(file, Duration.ofMillis(5))) {
            String good = Files.readString(file.path());
            Files.writeString(directory.resolve("new"), good + "nonsense\n");
            Files.move(directory.resolve("new"), file.path(), StandardCopyOption.ATOMIC_MOVE);
            assertThatThrownBy(() -> add("bob", "x", UserLimits.NONE))
                    .hasMessageContaining(":3: expected an object of JSON");

            assertThat(watched.get().find("ann")).isPresent();

            Files.writeString(file.path(), good);
            add("eve", "x", UserLimits.NONE);
            while (watched.get().find("eve").isEmpty()) {
                Thread.onSpinWait();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gone", "empty"})
    void nobodyIsLockedOutByAFileThatIs(String how) throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger(WatchedUsers.class);
        ListAppender<ILoggingEvent> said = new ListAppender<>();
        said.list = new CopyOnWriteArrayList<>();
        said.start();
        logger.addAppender(said);
        try (WatchedUsers watched = WatchedUsers.open(file, Duration.ofMillis(5))) {
            if (how.equals("gone")) {
                Files.delete(file.path());
            } else {
                Files.write(file.path(), new byte[0]);
            }

            String problem = "the file is " + how;
            while (!Thread.currentThread().isInterrupted()
                    && said.list.stream()
                            .noneMatch(event -> event.getFormattedMessage().endsWith(problem))) {
                Thread.onSpinWait();
            }
            assertThat(said.list).anyMatch(event -> event.getFormattedMessage().endsWith(problem));
            assertThat(watched.get().find("ann")).isPresent();
        } finally {
            logger.detachAppender(said);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoeverRemovesTheLastUserMeansIt(boolean byHand) throws Exception {
        if (byHand) {
            Files.write(file.path(), Files.readAllLines(file.path()).subList(1, 2));
        }
        try (WatchedUsers watched = WatchedUsers.open(file, Duration.ofMillis(5))) {
            file.remove("ann");

            while (!Thread.currentThread().isInterrupted()
                    && watched.get().find("ann").isPresent()) {
                Thread.onSpinWait();
            }
            assertThat(watched.get().all()).isEmpty();
        }
    }

    @Test
    void failuresAreCountedPerClientAndBounded() throws Exception {
        FailedLogins failed = new FailedLogins(
                settings("smtp.auth { max-failures = 3, failure-window = 60s, refuse-for = 120s, max-clients = 2 }"),
                nanos::get);
        InetAddress one = InetAddress.getByName("2001:db8::1");
        InetAddress neighbour = InetAddress.getByName("2001:db8::ffff:1");
        InetAddress other = InetAddress.getByName("192.0.2.1");

        assertThat(failed.failed(one)).isFalse();
        assertThat(failed.failed(neighbour)).isFalse();
        assertThat(failed.isRefused(one)).isFalse();
        assertThat(failed.failed(one)).isTrue();
        assertThat(failed.isRefused(neighbour)).isTrue();
        assertThat(failed.isRefused(other)).isFalse();
        nanos.addAndGet(Duration.ofSeconds(120).toNanos());
        assertThat(failed.isRefused(one)).isFalse();

        failed.failed(other);
        failed.failed(other);
        nanos.addAndGet(Duration.ofSeconds(60).toNanos());
        assertThat(failed.failed(other)).isFalse();

        for (int i = 0; i < 100; i++) {
            failed.failed(InetAddress.getByName("198.51.100." + i));
        }
        assertThat(failed.clients()).isEqualTo(2);
    }
}
