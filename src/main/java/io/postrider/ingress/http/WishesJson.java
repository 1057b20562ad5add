package io.postrider.ingress.http;

import io.postrider.ingress.Wishes;
import io.postrider.spool.Labels;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Reads labels and times of a message in JSON; they mean what the {@code X-Postrider-} fields mean. Used once. */
final class WishesJson {

    /**
     * What is allowed now.
     *
     * @param isPool knows the pools of sources
     * @param latest how far ahead a time may lie
     */
    record Bounds(Predicate<String> isPool, Instant now, Instant latest) {}

    private static final int LONGEST_TIME = 64;

    private final JsonInput in;
    private final Bounds bounds;
    private String tenant = "";
    private String campaign = "";
    private String mailClass = "";
    private String pool = Labels.DEFAULT_POOL;
    private final List<String> tags = new ArrayList<>(0);
    private Map<String, String> metadata = Map.of();
    private Optional<Instant> sendAt = Optional.empty();
    private Optional<Instant> expiresAt = Optional.empty();
    private boolean requireTls;

    WishesJson(JsonInput in, Bounds bounds) {
        this.in = in;
        this.bounds = bounds;
    }

    void metadata(Map<String, String> pairs) {
        metadata = pairs;
    }

    /** Reads the field unless it is none of ours. */
    boolean field(String name) throws IOException {
        switch (name) {
            case "tenant" -> tenant = word();
            case "campaign" -> campaign = word();
            case "class" -> mailClass = word();
            case "pool" -> pool();
            case "tags" -> in.array(Wishes.MOST_TAGS, this::tag);
            case "send_at" -> sendAt = time();
            case "expires_at" -> expiresAt();
            case "require_tls" -> requireTls = in.truth();
            default -> {
                return false;
            }
        }
        return true;
    }

    /** What was read of the message at the pointer {@code top}. */
    Wishes read(String top) {
        Optional<Instant> notBefore = sendAt.filter(bounds.now()::isBefore);
        if (notBefore.isPresent() && expiresAt.isPresent() && !notBefore.get().isBefore(expiresAt.get())) {
            in.fault(top + "/expires_at", "expected a time after send_at");
        }
        return new Wishes(
                new Labels(tenant, campaign, mailClass, pool, tags, metadata), notBefore, expiresAt, requireTls);
    }

    private String word() throws IOException {
        return in.text(1, Wishes.LONGEST_WORD).orElse("");
    }

    private void pool() throws IOException {
        Optional<String> name = in.text(1, Wishes.LONGEST_POOL);
        if (name.isPresent() && !bounds.isPool().test(name.get())) {
            in.fault("expected the name of a pool in postrider.egress.pools");
        }
        pool = name.orElse(pool);
    }

    private void tag() throws IOException {
        in.text(1, Wishes.LONGEST_TAG).filter(tag -> !tags.contains(tag)).ifPresent(tags::add);
    }

    private void expiresAt() throws IOException {
        expiresAt = time();
        if (expiresAt.isPresent() && !bounds.now().isBefore(expiresAt.get())) {
            in.fault("expected a time in the future");
        }
    }

    private Optional<Instant> time() throws IOException {
        Optional<String> text = in.text(1, LONGEST_TIME);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            Instant time = OffsetDateTime.parse(text.get()).toInstant();
            if (time.isAfter(bounds.latest())) {
                in.fault("expected a time before " + bounds.latest() + " (postrider.smtp.longest-hold)");
            }
            return Optional.of(time);
        } catch (DateTimeException notATime) {
            in.fault("expected a time such as 2026-02-03T04:05:06Z");
            return Optional.empty();
        }
    }
}
