package io.postrider.user;

import io.postrider.mail.Identity;
import io.postrider.smtp.sasl.Claim;
import io.postrider.smtp.sasl.ScramKeys;
import io.postrider.smtp.sasl.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Finds out whether a claim is true. A password costs some 30 ms and 19 MiB on threads of its own, so a right one is
 * remembered for a while, as a hash under a key that this process alone has: a client with a connection per message pays
 * once. A wrong one is never remembered. An unknown user costs what a known one does. Safe for all threads.
 */
public final class Logins implements AutoCloseable {

    /** What there is to say. */
    public sealed interface Finding {
        record Right(Identity identity) implements Finding {}

        /** @param known whether there is such a user, for the log alone */
        record Wrong(boolean known) implements Finding {}

        /** Too many wait. */
        record Busy() implements Finding {}
    }

    private static final Finding BUSY = new Finding.Busy();
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 18;

    private final LoginSettings settings;
    private final Supplier<Users> users;
    private final LongSupplier ticker;
    private final SecureRandom random;
    private final byte[] key = new byte[KEY_BYTES];
    private final ThreadPoolExecutor threads;
    private final Map<String, CompletableFuture<Boolean>> underWay = new ConcurrentHashMap<>();
    private final UserRates messages = new UserRates();
    private final UserRates recipients = new UserRates();
    private final UserConnections connections = new UserConnections();
    /** Until when what was right is taken for right, the oldest first. Under its own lock. */
    private final Map<String, Long> right;

    /**
     * @param users asked at each log-in
     * @param ticker nanoseconds that only go forward
     */
    public Logins(LoginSettings settings, Supplier<Users> users, LongSupplier ticker, SecureRandom random) {
        this.settings = settings;
        this.users = users;
        this.ticker = ticker;
        this.random = random;
        random.nextBytes(key);
        int size = settings.cacheSize();
        this.right = new LinkedHashMap<>() {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
                return size() > size;
            }
        };
        this.threads = new ThreadPoolExecutor(
                settings.hashThreads(),
                settings.hashThreads(),
                10,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(settings.maxWaiting()),
                task -> {
                    Thread thread = new Thread(task, "passwords");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /** Keys for SCRAM; never missing. */
    public ScramKeys keys(String user) {
        return users.get().keys(user);
    }

    /** For SCRAM, never the same. */
    public String nonce() {
        byte[] bytes = new byte[NONCE_BYTES];
        random.nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** Never fails. Completes at once, or on the threads of the hashes. */
    public CompletionStage<Finding> check(Claim claim) {
        Users now = users.get();
        Optional<User> user = now.find(claim.user());
        return switch (claim) {
            case Claim.Proven proven -> CompletableFuture.completedStage(finding(user, true));
            case Claim.Refuted refuted -> CompletableFuture.completedStage(finding(user, false));
            case Claim.Password password -> check(now, user, password.password());
        };
    }

    private static Finding finding(Optional<User> user, boolean right) {
        return right && user.isPresent()
                ? new Finding.Right(user.get().identity())
                : new Finding.Wrong(user.isPresent());
    }

    private CompletionStage<Finding> check(Users now, Optional<User> user, String password) {
        PasswordHash hash = user.map(User::hash).orElseGet(now::decoy);
        // With the stored hash in it, a new password voids what was known of the old one.
        String trace = trace(hash.text() + '\0' + user.map(User::name).orElse("") + '\0' + password);
        if (user.isPresent() && isKnown(trace)) {
            return CompletableFuture.completedStage(finding(user, true));
        }
        try {
            return underWay.computeIfAbsent(trace, same -> begin(hash, password, user.isPresent(), same))
                    .thenApply(fits -> finding(user, fits));
        } catch (RejectedExecutionException tooMany) {
            return CompletableFuture.completedStage(BUSY);
        }
    }

    private CompletableFuture<Boolean> begin(PasswordHash hash, String password, boolean known, String trace) {
        CompletableFuture<Boolean> found = new CompletableFuture<>();
        threads.execute(() -> {
            boolean fits = false;
            try {
                fits = hash.fits(password) && known;
                if (fits) {
                    remember(trace);
                }
            } finally {
                underWay.remove(trace);
                found.complete(fits);
            }
        });
        return found;
    }

    private String trace(String secret) {
        return Base64.getEncoder().encodeToString(Sha256.hmac(key, secret.getBytes(StandardCharsets.UTF_8)));
    }

    private boolean isKnown(String trace) {
        synchronized (right) {
            Long until = right.get(trace);
            return until != null && ticker.getAsLong() - until < 0;
        }
    }

    private void remember(String trace) {
        if (!settings.cacheTtl().isZero()) {
            synchronized (right) {
                right.remove(trace);
                right.put(trace, ticker.getAsLong() + settings.cacheTtl().toNanos());
            }
        }
    }

    /** The user as the file has it now, for a session that knows him from before or by other means. */
    public Optional<Identity> identity(String name) {
        return users.get().find(name).map(User::identity);
    }

    /** Whether this user may begin one more message now; counts it if so. Nobody: no. */
    public boolean mayBegin(String name) {
        return users.get()
                .find(name)
                .filter(user -> messages.take(name, user.limits().messages(), ticker.getAsLong()))
                .isPresent();
    }

    /** Whether this user may name one more recipient now; counts it if so. Nobody: no. */
    public boolean mayName(String name) {
        return users.get()
                .find(name)
                .filter(user -> recipients.take(name, user.limits().recipients(), ticker.getAsLong()))
                .isPresent();
    }

    /**
     * Counts a connection as this user's, unless he has as many as he may. One that was counted is owed a
     * {@link #leave}.
     */
    public boolean enter(String name) {
        UserLimits limits = users.get().find(name).map(User::limits).orElse(UserLimits.NONE);
        return connections.enter(name, limits.connections());
    }

    /** A connection is no longer this user's. */
    public void leave(String name) {
        connections.leave(name);
    }

    /** How many connections are this user's now. */
    public int connections(String name) {
        return connections.open(name);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
