package io.postrider.queue;

import com.typesafe.config.Config;
import io.postrider.mail.Mailbox;
import io.postrider.spool.Body;
import java.time.Duration;

/**
 * The section {@code postrider.reports}.
 *
 * @param from the address in the From field of reports; empty: {@code MAILER-DAEMON} at the node's host name
 * @param perSender reports to one sender in an hour; 0: without end
 * @param maxSenders senders whose reports are counted
 * @param maxUnderWay reports of one queue that are made at a time
 * @param maxOwed reports that one queue owes before it sends nothing more
 * @param maxReturned bytes of a message that is returned whole
 * @param delayAfter the age at which a sender is told that its mail is late; zero: never
 */
public record ReportSettings(
        String from,
        int perSender,
        int maxSenders,
        int maxUnderWay,
        int maxOwed,
        int maxReturned,
        Duration delayAfter) {

    private static final Duration LEAST_DELAY = Duration.ofSeconds(1);
    private static final Duration MOST_DELAY = Duration.ofDays(30);

    public ReportSettings {
        if (!from.isEmpty() && Mailbox.parse(from).isEmpty()) {
            throw new IllegalArgumentException("postrider.reports.from: expected local@domain, but got " + from);
        }
        range("per-sender", perSender, 0, Integer.MAX_VALUE);
        range("max-senders", maxSenders, 1, 10_000_000);
        range("max-under-way", maxUnderWay, 1, 1_000);
        range("max-owed", maxOwed, 1, 1_000_000);
        range("max-returned", maxReturned, 0, Body.CHUNK_BYTES);
        boolean never = delayAfter.isZero();
        if (!never && (delayAfter.compareTo(LEAST_DELAY) < 0 || delayAfter.compareTo(MOST_DELAY) > 0)) {
            throw new IllegalArgumentException(
                    "postrider.reports.delay-after: expected 0, or 1 second to 30 days, but got " + delayAfter);
        }
    }

    /** @param postrider the whole {@code postrider} section */
    public static ReportSettings from(Config postrider) {
        Config reports = postrider.getConfig("reports");
        return new ReportSettings(
                reports.getString("from"),
                reports.getInt("per-sender"),
                reports.getInt("max-senders"),
                reports.getInt("max-under-way"),
                reports.getInt("max-owed"),
                (int) Math.min(Integer.MAX_VALUE, reports.getBytes("max-returned")),
                reports.getDuration("delay-after"));
    }

    private static void range(String key, int got, int least, int most) {
        if (got < least || got > most) {
            throw new IllegalArgumentException(
                    "postrider.reports." + key + ": expected " + least + " to " + most + ", but got " + got);
        }
    }
}
