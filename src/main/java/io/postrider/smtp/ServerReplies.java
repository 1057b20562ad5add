package io.postrider.smtp;

import org.jspecify.annotations.Nullable;

/** What a server session says, with the codes of RFC 5321 §4.2.3 and RFC 3463. */
final class ServerReplies {

    static final Canned OK = Canned.of(250, "2.0.0", "OK");
    static final Canned SENDER_OK = Canned.of(250, "2.1.0", "Sender OK");
    static final Canned RECIPIENT_OK = Canned.of(250, "2.1.5", "Recipient OK");
    static final Canned CHUNK_OK = Canned.of(250, "2.0.0", "Chunk received");
    static final Canned BYE = Canned.of(221, "2.0.0", "Goodbye");
    static final Canned START_TLS = Canned.of(220, "2.0.0", "Ready to start TLS");
    static final Canned HELP = Canned.of(214, "2.0.0", "Postrider relays mail; RFC 5321 tells the commands");
    static final Canned CANNOT_VERIFY = Canned.of(252, "2.5.0", "Cannot verify; send the message and see");
    static final Canned SEND_DATA = Canned.of(354, "", "Send the message, end with <CRLF>.<CRLF>");

    static final Canned SHUTTING_DOWN = Canned.of(421, "4.3.2", "Shutting down, come again later");
    static final Canned TIMEOUT = Canned.of(421, "4.4.2", "Timeout: closing the connection");
    static final Canned TOO_MANY_ERRORS = Canned.of(421, "4.7.0", "Too many errors, closing the connection");
    static final Canned TOO_MANY_IDLE_COMMANDS =
            Canned.of(421, "4.7.0", "Too many commands without a message, closing the connection");
    static final Canned TOO_MANY_MESSAGES = Canned.of(421, "4.7.0", "Too many messages in one session, connect again");
    static final Canned CONGESTED = Canned.of(452, "4.3.1", "Too much mail is waiting, try again later");
    static final Canned NO_MEMORY = Canned.of(452, "4.3.1", "Too much mail is coming in at once, try again later");
    static final Canned TOO_MANY_RECIPIENTS =
            Canned.of(452, "4.5.3", "Too many recipients, send the rest in another transaction");

    static final Canned TLS_IS_BUSY = Canned.of(454, "4.7.0", "TLS is not available for a moment, try again later");

    static final Canned AUTHENTICATED = Canned.of(235, "2.7.0", "Authentication succeeded");
    static final Canned AUTH_TOO_OFTEN =
            Canned.of(421, "4.7.0", "Too many failed authentications from your address, try again later");
    static final Canned USER_CROWDED = Canned.of(421, "4.7.0", "Too many connections of this user, try again later");
    static final Canned AUTH_BUSY = Canned.of(454, "4.7.0", "Authentication is not available now, try again later");
    static final Canned RESPONSE_TOO_LONG = Canned.of(500, "5.5.6", "Authentication exchange line is too long");
    static final Canned NOT_BASE64 = Canned.of(501, "5.5.2", "Cannot decode the response: expected base64");
    static final Canned BAD_RESPONSE = Canned.of(501, "5.5.2", "The response is not of this mechanism");
    static final Canned AUTH_CANCELLED = Canned.of(501, "5.7.0", "Authentication cancelled");
    static final Canned AUTH_SYNTAX = Canned.of(501, "5.5.4", "Expected AUTH mechanism [initial response]");
    static final Canned BAD_AUTH = Canned.of(501, "5.5.4", "Expected AUTH=xtext");
    static final Canned EHLO_FIRST = Canned.of(503, "5.5.1", "Say EHLO first");
    static final Canned AUTH_AGAIN = Canned.of(503, "5.5.1", "You have authenticated already");
    static final Canned AUTH_IN_TRANSACTION =
            Canned.of(503, "5.5.1", "Not while a transaction is under way, say RSET first");
    static final Canned NO_SUCH_MECHANISM = Canned.of(504, "5.5.4", "Authentication mechanism not offered");
    static final Canned TLS_FIRST = Canned.of(530, "5.7.0", "Say STARTTLS first");
    static final Canned AUTH_FIRST = Canned.of(530, "5.7.0", "Authentication required");
    static final Canned AUTH_FAILED = Canned.of(535, "5.7.8", "Authentication credentials invalid");
    static final Canned AUTH_NEEDS_TLS = Canned.of(538, "5.7.11", "Encryption required, say STARTTLS first");
    static final Canned NOT_YOUR_DOMAIN = Canned.of(553, "5.7.1", "You may not send in the name of this domain");

    static final Canned LINE_TOO_LONG = Canned.of(500, "5.5.2", "Command line too long");
    static final Canned BARE_NEWLINE =
            Canned.of(500, "5.5.2", "A command must end with CRLF, and hold no other CR or LF");
    static final Canned CONTROL_CHARACTER =
            Canned.of(500, "5.5.2", "A command must not hold NUL or control characters");
    static final Canned NOT_UTF8 = Canned.of(500, "5.5.2", "A command must be ASCII or valid UTF-8");
    static final Canned UNKNOWN_COMMAND = Canned.of(500, "5.5.1", "Unknown command");
    static final Canned NOT_OFFERED = Canned.of(502, "5.5.1", "Command not offered");
    static final Canned NO_ARGUMENT = Canned.of(501, "5.5.4", "This command takes no argument");
    static final Canned NEEDS_ARGUMENT = Canned.of(501, "5.5.4", "This command needs an argument");
    static final Canned NEEDS_NAME = Canned.of(501, "5.5.4", "Expected EHLO or HELO with the client's host name");
    static final Canned MAIL_SYNTAX = Canned.of(501, "5.5.4", "Expected MAIL FROM:<address>");
    static final Canned RCPT_SYNTAX = Canned.of(501, "5.5.4", "Expected RCPT TO:<address>");
    static final Canned BDAT_SYNTAX = Canned.of(501, "5.5.4", "Expected BDAT size [LAST]");
    static final Canned BAD_SIZE = Canned.of(501, "5.5.4", "Expected SIZE=number");
    static final Canned BAD_BODY = Canned.of(501, "5.5.4", "Expected BODY=7BIT or BODY=8BITMIME");
    static final Canned BAD_SMTPUTF8 = Canned.of(501, "5.5.4", "SMTPUTF8 takes no value");
    static final Canned BAD_REQUIRETLS = Canned.of(501, "5.5.4", "REQUIRETLS takes no value");
    static final Canned BAD_RET = Canned.of(501, "5.5.4", "Expected RET=FULL or RET=HDRS");
    static final Canned BAD_ENVID =
            Canned.of(501, "5.5.4", "Expected ENVID=xtext of at most 100 characters that stands for printable ASCII");
    static final Canned BAD_NOTIFY =
            Canned.of(501, "5.5.4", "Expected NOTIFY=NEVER, or some of SUCCESS, FAILURE and DELAY with commas");
    static final Canned BAD_ORCPT =
            Canned.of(501, "5.5.4", "Expected ORCPT=type;xtext of at most 500 characters, such as rfc822;user@host");
    static final Canned PARAMETER_TWICE = Canned.of(501, "5.5.4", "A parameter was given twice");
    static final Canned UNKNOWN_PARAMETER = Canned.of(555, "5.5.4", "Parameter not known");
    static final Canned HELO_FIRST = Canned.of(503, "5.5.1", "Say EHLO or HELO first");
    static final Canned NESTED_MAIL = Canned.of(503, "5.5.1", "A transaction is under way, say RSET first");
    static final Canned MAIL_FIRST = Canned.of(503, "5.5.1", "Say MAIL first");
    static final Canned TLS_IS_ON = Canned.of(503, "5.5.1", "The connection is encrypted already");
    static final Canned BDAT_UNDER_WAY = Canned.of(503, "5.5.1", "Only BDAT or RSET may follow BDAT");
    static final Canned XCLIENT_SYNTAX = Canned.of(501, "5.5.4", "Expected XCLIENT attribute=xtext ...");
    static final Canned XCLIENT_IN_TRANSACTION =
            Canned.of(503, "5.5.1", "Not while a transaction is under way, say RSET first");
    static final Canned XCLIENT_DENIED = Canned.of(550, "5.7.0", "You may not speak for others");
    static final Canned NO_PROXY =
            Canned.of(554, "5.7.1", "No proxy is expected at this address, closing the connection");
    static final Canned NO_RECIPIENTS = Canned.of(554, "5.5.1", "No valid recipients");
    static final Canned NOT_HTTP = Canned.of(554, "5.5.1", "This is a mail server, closing the connection");
    static final Canned NEEDS_SMTPUTF8 =
            Canned.of(553, "5.6.7", "An address outside ASCII needs the SMTPUTF8 parameter at MAIL");
    static final Canned SENDER_DOMAIN = Canned.of(501, "5.1.7", "Bad sender address: expected local@domain");
    static final Canned RECIPIENT_DOMAIN = Canned.of(501, "5.1.3", "Bad recipient address: expected local@domain");
    static final Canned NO_LOCAL_DELIVERY =
            Canned.of(550, "5.1.1", "There are no local mailboxes here, not even postmaster: give a domain");
    static final Canned RELAYING_DENIED = Canned.of(550, "5.7.1", "Relaying denied");
    static final Canned TOO_LARGE = Canned.of(552, "5.3.4", "Message too large");
    static final Canned BARE_NEWLINE_IN_DATA = Canned.of(550, "5.6.0", "The message holds a CR or LF that is not CRLF");

    private ServerReplies() {}

    static Canned of(MessageReader.Refusal refusal) {
        return switch (refusal) {
            case NONE -> throw new IllegalArgumentException("expected a refusal");
            case TOO_LARGE -> TOO_LARGE;
            case NO_MEMORY -> NO_MEMORY;
        };
    }

    /** Why a whole message is refused, null when it is not. */
    static @Nullable Canned of(MessageReader reader, BareNewline bareNewline) {
        if (reader.refusal() != MessageReader.Refusal.NONE) {
            return of(reader.refusal());
        }
        return reader.hasBareNewline() && bareNewline == BareNewline.REJECT ? BARE_NEWLINE_IN_DATA : null;
    }

    static Canned badSender(String why) {
        return Canned.of(501, "5.1.7", "Bad sender address: " + why);
    }

    static Canned badRecipient(String why) {
        return Canned.of(501, "5.1.3", "Bad recipient address: " + why);
    }
}
