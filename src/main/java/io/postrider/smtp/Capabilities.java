package io.postrider.smtp;

import io.postrider.mail.Reply;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a server offers in its reply to EHLO, as far as we make use of it.
 *
 * @param dsn the server reports to the sender as it was asked to (RFC 3461)
 * @param startTls it would encrypt (RFC 3207)
 * @param requireTls it passes on the wish that every server on the way encrypts (RFC 8689)
 * @param mechanisms of AUTH, upper case (RFC 4954)
 * @param largestMessage in bytes; empty when it names none (RFC 1870)
 * @param mostRecipients per transaction (RFC 9422), empty when it names none
 * @param mostTransactions per connection (RFC 9422), empty when it names none
 */
public record Capabilities(
        boolean pipelining,
        boolean eightBitMime,
        boolean smtpUtf8,
        boolean size,
        boolean dsn,
        boolean startTls,
        boolean requireTls,
        Set<String> mechanisms,
        OptionalLong largestMessage,
        OptionalInt mostRecipients,
        OptionalInt mostTransactions) {

    /** Of a server that only knows HELO. */
    public static final Capabilities NONE = new Capabilities(
            false,
            false,
            false,
            false,
            false,
            false,
            false,
            Set.of(),
            OptionalLong.empty(),
            OptionalInt.empty(),
            OptionalInt.empty());

    public static Capabilities of(Reply ehlo) {
        boolean pipelining = false;
        boolean eightBitMime = false;
        boolean smtpUtf8 = false;
        boolean size = false;
        boolean dsn = false;
        boolean startTls = false;
        boolean requireTls = false;
        Set<String> mechanisms = Set.of();
        OptionalLong largestMessage = OptionalLong.empty();
        OptionalInt mostRecipients = OptionalInt.empty();
        OptionalInt mostTransactions = OptionalInt.empty();
        List<String> lines = ehlo.lines();
        for (String line : lines.subList(1, lines.size())) {
            String[] words = line.strip().toUpperCase(Locale.ROOT).split(" ", -1);
            switch (words[0]) {
                case "PIPELINING" -> pipelining = true;
                case "8BITMIME" -> eightBitMime = true;
                case "SMTPUTF8" -> smtpUtf8 = true;
                case "DSN" -> dsn = true;
                case "STARTTLS" -> startTls = true;
                case "REQUIRETLS" -> requireTls = true;
                case "AUTH" -> mechanisms = new HashSet<>(Arrays.asList(words));
                case "SIZE" -> {
                    size = true;
                    long limit = words.length > 1 ? number(words[1]) : 0;
                    largestMessage = limit > 0 ? OptionalLong.of(limit) : OptionalLong.empty();
                }
                case "LIMITS" -> {
                    mostRecipients = limit(words, "RCPTMAX=");
                    mostTransactions = limit(words, "MAILMAX=");
                }
                default -> {
                    // Unknown keywords are none of our business (RFC 5321 §4.1.1.1).
                }
            }
        }
        return new Capabilities(
                pipelining,
                eightBitMime,
                smtpUtf8,
                size,
                dsn,
                startTls,
                requireTls,
                mechanisms,
                largestMessage,
                mostRecipients,
                mostTransactions);
    }

    private static OptionalInt limit(String[] words, String name) {
        for (String word : words) {
            if (word.startsWith(name)) {
                long limit = number(word.substring(name.length()));
                return limit > 0 ? OptionalInt.of((int) Math.min(limit, Integer.MAX_VALUE)) : OptionalInt.empty();
            }
        }
        return OptionalInt.empty();
    }

    /** 0 for what is no number or too long for one. */
    private static long number(String digits) {
        if (digits.isEmpty() || digits.length() > 18) {
            return 0;
        }
        long value = 0;
        for (int i = 0; i < digits.length(); i++) {
            char c = digits.charAt(i);
            if (c < '0' || c > '9') {
                return 0;
            }
            value = value * 10 + c - '0';
        }
        return value;
    }
}
