package io.postrider.ingress;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How mail comes in over SMTP.
 *
 * @param receiveBuffer bytes that all sessions together may hold of messages on their way in
 * @param socketThreads threads that wait for clients' sockets, at least 1
 * @param maxLingering connections that wait for their client to close, at most
 * @param drainTimeout how long sessions may go on when the node stops
 */
public record IngressSettings(
        List<ListenerSettings> listeners,
        long receiveBuffer,
        int socketThreads,
        int maxLingering,
        Duration drainTimeout,
        IntakeSettings intake) {

    public IngressSettings {
        listeners = List.copyOf(listeners);
        Ranges.check("postrider.smtp.receive-buffer", receiveBuffer, 64 << 10, 1L << 40);
        Ranges.check("postrider.smtp.socket-threads", socketThreads, 1, 256);
        Ranges.check("postrider.smtp.max-lingering", maxLingering, 1, 1_000_000);
        Ranges.check("postrider.smtp.drain-timeout", drainTimeout.toMillis(), 0, 60_000);
        Set<String> names = new HashSet<>();
        for (ListenerSettings listener : listeners) {
            if (!names.add(listener.name())) {
                throw new IllegalArgumentException(
                        "postrider.smtp.listeners: expected names that differ, but two are called " + listener.name());
            }
        }
    }

    /** @param config the settings under {@code postrider} */
    public static IngressSettings from(Config config) {
        Config smtp = config.getConfig("smtp");
        Config defaults = smtp.getConfig("listener-defaults");
        Config tls = config.getConfig("tls.server-defaults").atKey("tls");
        String hostname = config.getString("node.hostname");
        boolean users = !smtp.getString("users-file").isBlank();
        List<ListenerSettings> listeners = new ArrayList<>();
        for (Config listener : smtp.getConfigList("listeners")) {
            try {
                listeners.add(ListenerSettings.from(
                        listener.withFallback(defaults).withFallback(tls),
                        "postrider.smtp.listeners[" + listeners.size() + "]",
                        hostname));
                boolean nobody =
                        listeners.get(listeners.size() - 1).admission().mode() == Admission.Mode.REQUIRED && !users;
                if (nobody) {
                    throw new IllegalArgumentException("postrider.smtp.users-file: expected a file, for "
                            + listeners.remove(listeners.size() - 1).name() + " requires AUTH, but got none");
                }
            } catch (IllegalArgumentException wrong) {
                String place = "listeners[" + listeners.size() + "].";
                throw new IllegalArgumentException(
                        String.valueOf(wrong.getMessage()).replaceFirst("listeners\\.", place), wrong);
            }
        }
        return new IngressSettings(
                listeners,
                smtp.getBytes("receive-buffer"),
                socketThreads(smtp.getInt("socket-threads")),
                smtp.getInt("max-lingering"),
                smtp.getDuration("drain-timeout"),
                IntakeSettings.from(config));
    }

    private static int socketThreads(int configured) {
        return configured == 0 ? Math.max(1, Runtime.getRuntime().availableProcessors() / 4) : configured;
    }
}
