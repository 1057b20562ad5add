package io.postrider.cli.inject;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What is to be sent, and how.
 *
 * @param to the recipients, taken in turn; empty: {@code u0@d0.test, u1@d1.test, …} spread over the domains
 * @param domains how many domains {@code dN.test} the made-up recipients are spread over; at least 1
 * @param count messages in all
 * @param sizeBytes of one message with its header; a smaller one than the header needs is as large as that
 * @param sessions connections at a time
 * @param recipientsPerMessage in one transaction
 * @param perConnection messages until a connection is closed and opened anew; 0: no bound
 * @param perSecond messages a second over all sessions; 0: as fast as they are taken
 * @param persist keeps on trying to connect while nobody listens
 * @param record gets a line with the Message-ID, over HTTP with the id, for each accepted recipient
 */
public record Injection(
        InetSocketAddress server,
        String from,
        List<String> to,
        int domains,
        long count,
        int sizeBytes,
        int sessions,
        int recipientsPerMessage,
        int perConnection,
        int perSecond,
        boolean persist,
        Optional<Path> record) {

    public Injection {
        to = List.copyOf(to);
        expect(domains >= 1, "domains", domains);
        expect(count >= 1, "count", count);
        expect(sizeBytes >= 0, "size", sizeBytes);
        expect(sessions >= 1 && sessions <= 10_000, "sessions (1 to 10,000)", sessions);
        expect(
                recipientsPerMessage >= 1 && recipientsPerMessage <= 1000,
                "recipients (1 to 1,000)",
                recipientsPerMessage);
        expect(perConnection >= 0, "per-connection", perConnection);
        expect(perSecond >= 0, "rate", perSecond);
    }

    /** So many messages of 4 KiB over 20 sessions, to one domain. */
    public static Injection of(InetSocketAddress server, long count) {
        return new Injection(
                server, "sender@example.test", List.of(), 1, count, 4096, 20, 1, 0, 0, false, Optional.empty());
    }

    public Injection to(List<String> recipients) {
        return new Injection(
                server,
                from,
                recipients,
                domains,
                count,
                sizeBytes,
                sessions,
                recipientsPerMessage,
                perConnection,
                perSecond,
                persist,
                record);
    }

    public Injection domains(int number) {
        return new Injection(
                server,
                from,
                to,
                number,
                count,
                sizeBytes,
                sessions,
                recipientsPerMessage,
                perConnection,
                perSecond,
                persist,
                record);
    }

    public Injection sessions(int number) {
        return new Injection(
                server,
                from,
                to,
                domains,
                count,
                sizeBytes,
                number,
                recipientsPerMessage,
                perConnection,
                perSecond,
                persist,
                record);
    }

    public Injection perSecond(int messages) {
        return new Injection(
                server,
                from,
                to,
                domains,
                count,
                sizeBytes,
                sessions,
                recipientsPerMessage,
                perConnection,
                messages,
                persist,
                record);
    }

    public Injection persisting(Path recordFile) {
        return new Injection(
                server,
                from,
                to,
                domains,
                count,
                sizeBytes,
                sessions,
                recipientsPerMessage,
                perConnection,
                perSecond,
                true,
                Optional.of(recordFile));
    }

    /** The recipients of message {@code number}, which counts from 0. */
    List<String> recipients(long number) {
        if (recipientsPerMessage == 1) {
            return List.of(recipient(number));
        }
        String[] recipients = new String[recipientsPerMessage];
        for (int i = 0; i < recipients.length; i++) {
            recipients[i] = recipient(number * recipientsPerMessage + i);
        }
        return List.of(recipients);
    }

    private String recipient(long number) {
        return to.isEmpty() ? "u" + number + "@d" + number % domains + ".test" : to.get((int) (number % to.size()));
    }

    private static void expect(boolean fits, String name, long value) {
        if (!fits) {
            throw new IllegalArgumentException("expected a sensible number for " + name + ", but got " + value);
        }
    }
}
