package io.postrider.ingress;

import io.postrider.metrics.Meters;
import java.net.InetAddress;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts handshakes that failed, and tells of some: scanners make them by the thousand. Safe for all threads. */
final class FailedHandshakes {

    private static final Logger log = LoggerFactory.getLogger(FailedHandshakes.class);

    private static final int LINES = 10;
    private static final long PERIOD_NANOS = 60_000_000_000L;

    private final String listener;
    private final Meters meters;
    private final LongSupplier ticker;
    private long periodBegan;
    private int told;
    private long untold;

    FailedHandshakes(String listener, Meters meters, LongSupplier ticker) {
        this.listener = listener;
        this.meters = meters;
        this.ticker = ticker;
        this.periodBegan = ticker.getAsLong();
    }

    /** @param why in the words of the provider; the client may have chosen some of them */
    void tell(String session, InetAddress client, String why) {
        meters.handshakeFailed();
        if (mayTell()) {
            log.info(
                    "listener={} session={} client={} TLS failed: {}",
                    listener,
                    session,
                    client.getHostAddress(),
                    printable(why));
        }
    }

    private synchronized boolean mayTell() {
        long now = ticker.getAsLong();
        if (now - periodBegan >= PERIOD_NANOS) {
            if (untold > 0) {
                log.info("listener={} {} more times TLS failed in the meantime", listener, untold);
            }
            periodBegan = now;
            told = 0;
            untold = 0;
        }
        if (told < LINES) {
            told++;
            return true;
        }
        untold++;
        return false;
    }

    private static String printable(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        text.chars().limit(200).forEach(c -> clean.append(c >= ' ' && c < 0x7F ? (char) c : '?'));
        return clean.toString();
    }
}
