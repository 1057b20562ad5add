package io.postrider.ingress;

import io.postrider.mime.HeaderScan.OwnField;
import io.postrider.spool.Labels;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringTokenizer;
import java.util.function.Predicate;

/**
 * What the {@code X-Postrider-} fields of a message ask for (docs/smtp.md). Fields that we do not know ask nothing; {@link
 * MessageKey} reads the idempotency key, for it comes first.
 */
sealed interface Instructions {

    record Given(Wishes wishes) implements Instructions {}

    record Refused(String detail) implements Instructions {}

    /**
     * @param isPool knows the pools of sources
     * @param longestHold how far ahead a time may lie
     */
    static Instructions read(List<OwnField> fields, Predicate<String> isPool, Instant now, Duration longestHold) {
        return new Reading(isPool, now, longestHold).all(fields);
    }

    /** One pass over the fields; the first wrong one ends it. */
    final class Reading {

        private final Predicate<String> isPool;
        private final Instant now;
        private final Instant latest;
        private String tenant = "";
        private String campaign = "";
        private String mailClass = "";
        private String pool = "";
        private final List<String> tags = new ArrayList<>();
        private Optional<Instant> sendAt = Optional.empty();
        private Optional<Instant> expiresAt = Optional.empty();
        private boolean requireTls;
        private String problem = "";

        Reading(Predicate<String> isPool, Instant now, Duration longestHold) {
            this.isPool = isPool;
            this.now = now;
            this.latest = now.plus(longestHold);
        }

        Instructions all(List<OwnField> fields) {
            for (OwnField field : fields) {
                read(field);
                if (!problem.isEmpty()) {
                    return new Refused("X-Postrider-" + capitalised(field.name()) + ": " + problem);
                }
            }
            Optional<Instant> notBefore = sendAt.filter(now::isBefore);
            if (notBefore.isPresent()
                    && expiresAt.isPresent()
                    && !notBefore.get().isBefore(expiresAt.get())) {
                return new Refused("X-Postrider-Expires-At: expected a time after X-Postrider-Send-At");
            }
            String of = pool.isEmpty() ? Labels.DEFAULT_POOL : pool;
            Labels labels = new Labels(tenant, campaign, mailClass, of, tags, Map.of());
            return new Given(new Wishes(labels, notBefore, expiresAt, requireTls));
        }

        private void read(OwnField field) {
            String value = field.value();
            switch (field.name()) {
                case "tenant" -> tenant = word(tenant, value);
                case "campaign" -> campaign = word(campaign, value);
                case "class" -> mailClass = word(mailClass, value);
                case "pool" -> readPool(value);
                case "tags" -> readTags(value);
                case "require-tls" -> readRequireTls(value);
                case "send-at" -> sendAt = time(sendAt, value);
                case "expires-at" -> {
                    expiresAt = time(expiresAt, value);
                    if (problem.isEmpty() && !now.isBefore(expiresAt.orElse(Instant.MAX))) {
                        problem = "expected a time in the future";
                    }
                }
                default -> {}
            }
        }

        private String word(String before, String value) {
            if (!before.isEmpty()) {
                problem = "expected once, but it is given twice";
            } else if (value.isEmpty() || value.length() > Wishes.LONGEST_WORD || hasControl(value)) {
                problem = "expected 1 to " + Wishes.LONGEST_WORD + " printable characters";
            }
            return value;
        }

        private void readPool(String value) {
            pool = word(pool, value);
            if (problem.isEmpty() && (value.length() > Wishes.LONGEST_POOL || !isPool.test(value))) {
                problem = "expected the name of a pool in postrider.egress.pools";
            }
        }

        /** One that asks is enough: nobody else's field takes it back. */
        private void readRequireTls(String value) {
            boolean on = value.equalsIgnoreCase("on") || value.equalsIgnoreCase("true");
            if (!on && !value.equalsIgnoreCase("off") && !value.equalsIgnoreCase("false")) {
                problem = "expected on or off";
            }
            requireTls |= on;
        }

        private void readTags(String value) {
            StringTokenizer words = new StringTokenizer(value, ",");
            while (words.hasMoreTokens()) {
                String tag = words.nextToken().trim();
                if (tag.length() > Wishes.LONGEST_TAG || hasControl(tag)) {
                    problem = "expected tags of at most " + Wishes.LONGEST_TAG
                            + " printable characters, parted by commas";
                    return;
                }
                if (!tag.isEmpty() && !tags.contains(tag)) {
                    tags.add(tag);
                }
                if (tags.size() > Wishes.MOST_TAGS) {
                    problem = "expected at most " + Wishes.MOST_TAGS + " tags";
                    return;
                }
            }
        }

        private Optional<Instant> time(Optional<Instant> before, String value) {
            if (before.isPresent()) {
                problem = "expected once, but it is given twice";
                return before;
            }
            Optional<Instant> time = parse(value);
            if (time.isEmpty()) {
                problem = "expected a time such as 2026-02-03T04:05:06Z, or seconds since 1970";
            } else if (time.get().isAfter(latest)) {
                problem = "expected a time before " + latest + " (postrider.smtp.longest-hold)";
            }
            return time;
        }

        /** RFC 3339, or seconds since the epoch. */
        private static Optional<Instant> parse(String value) {
            try {
                boolean digits = !value.isEmpty()
                        && value.length() <= 12
                        && value.chars().allMatch(c -> c >= '0' && c <= '9');
                return Optional.of(
                        digits
                                ? Instant.ofEpochSecond(Long.parseLong(value))
                                : OffsetDateTime.parse(value).toInstant());
            } catch (DateTimeException notATime) {
                return Optional.empty();
            }
        }

        private static boolean hasControl(String value) {
            return value.chars().anyMatch(Character::isISOControl);
        }

        /** {@code send-at} becomes {@code Send-At}. */
        private static String capitalised(String name) {
            StringBuilder text = new StringBuilder(name);
            for (int i = 0; i < text.length(); i++) {
                if (i == 0 || text.charAt(i - 1) == '-') {
                    text.setCharAt(i, Character.toUpperCase(text.charAt(i)));
                }
            }
            return text.toString();
        }
    }
}
