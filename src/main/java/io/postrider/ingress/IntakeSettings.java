package io.postrider.ingress;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * What intake goes by.
 *
 * @param hostname ours, in Received and Message-ID
 * @param giveUpAfter when a message expires that names no time itself
 * @param maxHeader bytes
 * @param longestHold how far ahead a message may ask to be sent or to expire
 * @param largeMessage bytes from which on a message is worked on apart from its session's thread
 * @param largeMessageQueue such messages that may wait
 */
public record IntakeSettings(
        String hostname,
        Duration giveUpAfter,
        int maxHeader,
        Duration longestHold,
        int largeMessage,
        int largeMessageQueue) {

    public IntakeSettings {
        Ranges.check("postrider.smtp.max-header-size", maxHeader, 1024, 64 << 20);
        Ranges.check(
                "postrider.smtp.longest-hold",
                longestHold.toSeconds(),
                1,
                Duration.ofDays(3650).toSeconds());
        Ranges.check("postrider.smtp.large-message", largeMessage, 1024, 1 << 30);
        Ranges.check("postrider.smtp.large-message-queue", largeMessageQueue, 1, 100_000);
    }

    /** @param config the settings under {@code postrider} */
    public static IntakeSettings from(Config config) {
        Config smtp = config.getConfig("smtp");
        return new IntakeSettings(
                config.getString("node.hostname"),
                config.getDuration("retry.give-up-after"),
                Ranges.size(smtp, "max-header-size"),
                smtp.getDuration("longest-hold"),
                Ranges.size(smtp, "large-message"),
                smtp.getInt("large-message-queue"));
    }
}
