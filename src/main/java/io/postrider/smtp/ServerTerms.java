package io.postrider.smtp;

/**
 * The terms on which a server session takes mail: the limits of one listener.
 *
 * @param hostname our name in the greeting
 * @param maxMessageSize bytes, as RFC 1870 counts them: with CRLF, without stuffed dots
 * @param maxRecipients distinct recipients of one transaction
 * @param maxMessages MAIL commands of one session, 0: without end (RFC 9422 MAILMAX)
 * @param maxCommandLine bytes with CRLF
 * @param maxErrors refused commands in a row, with no recipient or message accepted between them
 * @param maxIdleCommands commands other than MAIL, RCPT, DATA and BDAT since the last message
 * @param reports whether senders get reports: offers DSN (RFC 3461); without, nobody hears of anything
 */
public record ServerTerms(
        String hostname,
        AddressSyntax addressSyntax,
        BareNewline bareNewline,
        long maxMessageSize,
        int maxRecipients,
        int maxMessages,
        int maxCommandLine,
        int maxErrors,
        int maxIdleCommands,
        boolean reports) {}
