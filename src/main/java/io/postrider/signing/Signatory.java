package io.postrider.signing;

import io.postrider.dkim.Authors;
import io.postrider.dkim.HeaderFields;
import io.postrider.dkim.RsaProvider;
import io.postrider.dkim.Signatures;
import io.postrider.dkim.Signer;
import io.postrider.dkim.SigningKey;
import io.postrider.mail.Domain;
import io.postrider.metrics.Meters;
import io.postrider.store.Overloaded;
import io.postrider.watch.FileWatch;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs on threads of its own. What waits for them is bounded in messages and bytes; beyond it the asker hears {@link
 * Overloaded}. A replaced key file is taken into use within the watch's interval; a broken one changes nothing and is told.
 */
public final class Signatory implements Signing, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Signatory.class);

    /** A message with more authors' domains than this is signed for the first ones. */
    private static final int MOST_AUTHORS = 4;

    private final SigningSettings settings;
    private final Meters meters;
    private final LongSupplier ticker;
    private final ThreadPoolExecutor threads;
    private final FileWatch watch;
    private final AtomicLong waitingBytes = new AtomicLong();
    private final List<SigningKey> keys = new ArrayList<>();

    private volatile SignerTable table;

    private Signatory(SigningSettings settings, Meters meters, LongSupplier ticker, Duration every) {
        this.settings = settings;
        this.meters = meters;
        this.ticker = ticker;
        this.table = new SignerTable(List.of(), List.of());
        this.watch = new FileWatch("dkim-keys", every);
        AtomicInteger number = new AtomicInteger();
        this.threads = new ThreadPoolExecutor(
                settings.threads(),
                settings.threads(),
                10,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(settings.maxWaiting()),
                task -> {
                    Thread thread = new Thread(task, "signing-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * Reads all keys and watches them: blocks briefly. Nothing is started when there are no signers.
     *
     * @param ticker nanoseconds that only go forward
     * @param every how often to look whether a key file was replaced
     * @throws IllegalArgumentException when a key cannot be read; names the setting, the file and the line
     */
    public static Signatory open(SigningSettings settings, Meters meters, LongSupplier ticker, Duration every) {
        Signatory signatory = new Signatory(settings, meters, ticker, every);
        for (int i = 0; i < settings.signers().size(); i++) {
            signatory.watchKey(i, settings.signers().get(i));
        }
        if (!signatory.isOff()) {
            meters.gauge(
                    "postrider.dkim.waiting", "Messages that wait to be signed", signatory.threads.getQueue()::size);
            log.info("{} signers; RSA by {}", settings.signers().size(), RsaProvider.name());
        }
        return signatory;
    }

    private void watchKey(int index, SignerSettings signer) {
        try {
            watch.add(
                    KeyFiles.files(signer),
                    () -> take(index, signer),
                    problem -> log.error(
                            "{}: the key stays as it was, for the new one is of no use: {}", signer.place(), problem));
        } catch (IOException wrong) {
            close();
            throw SignerSettings.wrong(signer.place(), "key-file", String.valueOf(wrong.getMessage()));
        }
    }

    private synchronized void take(int index, SignerSettings signer) throws IOException {
        SigningKey key = KeyFiles.read(signer);
        if (index < keys.size()) {
            keys.set(index, key);
        } else {
            keys.add(key);
        }
        table = new SignerTable(settings.signers().subList(0, keys.size()), keys);
        KeyFiles.warnings(signer).forEach(warning -> log.warn("{}: {}", signer.place(), warning));
        log.info("{}: {} of {} bits by {}", signer.place(), key.algorithm(), key.bits(), signer.keyFile());
    }

    @Override
    public boolean isOff() {
        return settings.signers().isEmpty();
    }

    @Override
    public CompletionStage<byte[]> sign(byte[] message, String tenant, Predicate<Domain> mayUse, Instant at) {
        HeaderFields header = HeaderFields.of(message, message.length);
        List<Signer> signers = signers(header, tenant, mayUse);
        if (signers.isEmpty()) {
            return CompletableFuture.completedStage(message);
        }
        long bytes = waitingBytes.addAndGet(message.length);
        if (bytes > settings.maxWaitingBytes() && bytes > message.length) {
            waitingBytes.addAndGet(-message.length);
            return overloaded();
        }
        CompletableFuture<byte[]> signed = new CompletableFuture<>();
        try {
            threads.execute(() -> {
                waitingBytes.addAndGet(-message.length);
                complete(signed, message, header, signers, at);
            });
        } catch (RejectedExecutionException tooMany) {
            waitingBytes.addAndGet(-message.length);
            return overloaded();
        }
        return signed;
    }

    /** A message with several From fields shows another author to every reader: nobody vouches for it. */
    private List<Signer> signers(HeaderFields header, String tenant, Predicate<Domain> mayUse) {
        if (Authors.fields(header) != 1) {
            return List.of();
        }
        List<Domain> authors = Authors.domains(header);
        SignerTable now = table;
        List<Signer> signers = new ArrayList<>(2);
        for (Domain author : authors.subList(0, Math.min(MOST_AUTHORS, authors.size()))) {
            for (Signer signer : now.find(author, tenant)) {
                if (!signers.contains(signer) && mayUse.test(author)) {
                    signers.add(signer);
                }
            }
        }
        return signers;
    }

    private void complete(
            CompletableFuture<byte[]> signed, byte[] message, HeaderFields header, List<Signer> signers, Instant at) {
        byte[] whole;
        try {
            long start = ticker.getAsLong();
            byte[] fields = Signatures.of(message, message.length, header, signers, at);
            whole = Arrays.copyOf(fields, fields.length + message.length);
            System.arraycopy(message, 0, whole, fields.length, message.length);
            meters.signed(
                    signers.stream().map(signer -> signer.key().algorithm()).toList(), ticker.getAsLong() - start);
        } catch (GeneralSecurityException | RuntimeException failure) {
            meters.signingFailed();
            log.error(
                    "a message could not be signed for {}",
                    signers.stream().map(Signer::domain).distinct().toList(),
                    failure);
            signed.completeExceptionally(new SigningFailed(failure));
            return;
        }
        signed.complete(whole);
    }

    private static CompletionStage<byte[]> overloaded() {
        return CompletableFuture.failedStage(new Overloaded("too many messages wait to be signed"));
    }

    /** What waits is signed; nothing more is taken. */
    @Override
    public void close() {
        watch.close();
        threads.shutdown();
    }
}
