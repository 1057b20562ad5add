package io.postrider.doctor;

import io.postrider.doctor.MxProbe.Seen;
import io.postrider.mail.IpLiteral;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Talks to the domain's mail servers and tells how they encrypt. */
final class MxTlsCheck {

    /** Each takes seconds when nobody answers. */
    private static final int MOST_PROBES = 6;

    private static final Duration SOON = Duration.ofDays(14);

    private final MxProbe probe;
    private final Instant now;
    private final Remarks remarks;
    private int probes;

    MxTlsCheck(MxProbe probe, Instant now, Remarks remarks) {
        this.probe = probe;
        this.now = now;
        this.remarks = remarks;
    }

    /** One address of each family of each host. */
    void check(Map<String, List<InetAddress>> hosts) {
        hosts.forEach((host, addresses) -> {
            for (int bytes : new int[] {4, 16}) {
                addresses.stream()
                        .filter(address -> address.getAddress().length == bytes)
                        .findFirst()
                        .ifPresent(address -> look(host, address));
            }
        });
        if (probes > MOST_PROBES) {
            remarks.note("talked to " + MOST_PROBES + " of " + probes + " addresses");
        }
    }

    private void look(String host, InetAddress address) {
        probes++;
        if (probes > MOST_PROBES) {
            return;
        }
        String named = Printable.quoted(host) + " at " + IpLiteral.text(address);
        switch (probe.look(host, address)) {
            case Seen.NotReached failed ->
                remarks.note(
                        named + " was not reached from here (" + Printable.quoted(failed.reason())
                                + "); many networks close port 25, so it may be well",
                        "try from where it is open");
            case Seen.Refused refused ->
                remarks.warn(
                        named + " does not take mail from here: " + Printable.quoted(refused.reason()),
                        "look at its log; replies and bounces may not arrive");
            case Seen.Plain plain ->
                remarks.warn(named + " answers, without STARTTLS", "give it a certificate and offer STARTTLS");
            case Seen.HandshakeFailed failed ->
                remarks.warn(
                        named + " offers STARTTLS, but the handshake fails: " + Printable.quoted(failed.reason()),
                        "let it speak TLS 1.2 or newer with usual ciphers");
            case Seen.Encrypted encrypted -> encrypted(named, encrypted);
        }
    }

    private void encrypted(String named, Seen.Encrypted seen) {
        remarks.ok(named + " answers and speaks " + seen.version() + " (" + seen.cipher() + ")");
        seen.problem()
                .ifPresent(problem -> remarks.warn(
                        named + ": " + Printable.quoted(problem),
                        "senders who verify (MTA-STS) deliver only with a certificate of a public authority for the"
                                + " name in the MX"));
        seen.expires().ifPresent(end -> {
            Duration left = Duration.between(now, end);
            if (left.isNegative()) {
                remarks.warn(named + ": its certificate ended at " + end, "renew it");
            } else if (left.compareTo(SOON) < 0) {
                remarks.warn(named + ": its certificate ends in " + left.toDays() + " days, at " + end, "renew it");
            }
        });
    }
}
