package io.postrider.mime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the header of a message says about it, read once from its bytes and tolerant of anything: the header ends at an
 * empty line, at the first line that is neither a field nor folded, or with the message. A first line of an mbox
 * ({@code From } or {@code >From }) is passed over. Nothing is decoded and nothing is changed.
 *
 * <p>All lines end in CRLF; other newlines do not occur any more.
 */
public final class HeaderScan {

    /** Fields that start so are for us: they are taken out before the message is sent on. */
    public static final String OWN_PREFIX = "X-Postrider-";

    private static final byte[] OWN = lower(OWN_PREFIX);
    private static final byte[] RECEIVED = lower("Received");
    private static final byte[] DATE = lower("Date");
    private static final byte[] MESSAGE_ID = lower("Message-ID");
    private static final byte[] BCC = lower("Bcc");
    private static final byte[] RESENT_BCC = lower("Resent-Bcc");
    private static final byte[] TLS_REQUIRED = lower("TLS-Required");

    /**
     * One of our own fields.
     *
     * @param name behind the prefix, in lower case: {@code tenant}
     * @param value unfolded, without white space around it
     * @param from where its first line starts
     * @param to behind its last CRLF
     */
    public record OwnField(String name, String value, int from, int to) {}

    /** A part of the message, from its first byte to behind its last. */
    public record Span(int from, int to) {}

    private final byte[] bytes;
    private final int length;
    private final int maxHeader;
    private final boolean firstHop;
    private final List<OwnField> own = new ArrayList<>(0);
    private final List<Span> unwanted = new ArrayList<>(0);
    private int received;
    private boolean date;
    private boolean messageId;
    private int tlsRequired;
    private boolean tlsRequiredNo;
    private int fields;
    private int end;
    private boolean tooLarge;

    private HeaderScan(byte[] bytes, int length, int maxHeader, boolean firstHop) {
        this.bytes = bytes;
        this.length = length;
        this.maxHeader = maxHeader;
        this.firstHop = firstHop;
    }

    /** Reads at most {@code maxHeader} bytes of the {@code length} bytes at the start of {@code bytes}. */
    public static HeaderScan of(byte[] bytes, int length, int maxHeader) {
        HeaderScan scan = new HeaderScan(bytes, length, maxHeader, false);
        scan.scan();
        return scan;
    }

    /** As above for what comes from its author's program: Bcc is for us alone (RFC 5322 §3.6.3). */
    public static HeaderScan ofFirstHop(byte[] bytes, int length, int maxHeader) {
        HeaderScan scan = new HeaderScan(bytes, length, maxHeader, true);
        scan.scan();
        return scan;
    }

    /** Our own fields in the order in which they stand. */
    public List<OwnField> ownFields() {
        return own;
    }

    /** What is not sent on, in the order in which it stands. */
    List<Span> unwanted() {
        return unwanted;
    }

    /** How many Received fields there are: how many servers the message passed (RFC 5321 §6.3). */
    public int receivedCount() {
        return received;
    }

    public boolean hasDate() {
        return date;
    }

    public boolean hasMessageId() {
        return messageId;
    }

    /** Whether there is one {@code TLS-Required: No}; a second such field, or any other value, says nothing (RFC 8689 §3). */
    public boolean isTlsOptional() {
        return tlsRequired == 1 && tlsRequiredNo;
    }

    /** The header goes on behind the bytes that were read. */
    public boolean isTooLarge() {
        return tooLarge;
    }

    /** The message starts with text that is no header: an empty line must come before it, or it becomes part of ours. */
    public boolean startsWithBody() {
        return length > 0 && fields == 0 && end == 0 && bytes[0] != '\r';
    }

    private void scan() {
        int at = 0;
        while (at < length && bytes[at] != '\r') {
            int colon = endOfName(at);
            boolean mbox = at == 0 && colon < 0 && isMboxLine();
            if (colon < 0 && !mbox) {
                break;
            }
            int next = endOfField(at);
            if (next > maxHeader) {
                tooLarge = true;
                return;
            }
            if (!mbox) {
                fields++;
                field(at, colon, next);
            }
            at = next;
            end = at;
        }
    }

    /** Where the colon stands; -1 when the line is no field (RFC 5322 §2.2, and white space before the colon, §4.5). */
    private int endOfName(int from) {
        int i = from;
        while (i < length && bytes[i] > ' ' && bytes[i] < 0x7F && bytes[i] != ':') {
            i++;
        }
        boolean named = i > from;
        while (i < length && (bytes[i] == ' ' || bytes[i] == '\t')) {
            i++;
        }
        return named && i < length && bytes[i] == ':' ? i : -1;
    }

    private boolean isMboxLine() {
        int from = bytes[0] == '>' ? 1 : 0;
        byte[] word = {'F', 'r', 'o', 'm', ' '};
        for (int i = 0; i < word.length; i++) {
            if (from + i >= length || bytes[from + i] != word[i]) {
                return false;
            }
        }
        return true;
    }

    /** Behind the CRLF of the last line that belongs to the field, or a little past the bound. */
    private int endOfField(int from) {
        int i = from;
        while (i < length && i <= maxHeader) {
            if (bytes[i++] == '\n') {
                boolean folded = i < length && (bytes[i] == ' ' || bytes[i] == '\t');
                if (!folded) {
                    return i;
                }
            }
        }
        return i;
    }

    private void field(int from, int colon, int next) {
        switch (bytes[from] | 0x20) {
            case 'x' -> {
                if (startsWith(from, OWN)) {
                    own.add(new OwnField(
                            text(from + OWN.length, colon).toLowerCase(Locale.ROOT),
                            text(colon + 1, next),
                            from,
                            next));
                    unwanted.add(new Span(from, next));
                }
            }
            case 'r' -> {
                received += is(from, colon, RECEIVED) ? 1 : 0;
                dropForFirstHop(from, colon, next, RESENT_BCC);
            }
            case 'b' -> dropForFirstHop(from, colon, next, BCC);
            case 'd' -> date |= is(from, colon, DATE);
            case 't' -> {
                if (is(from, colon, TLS_REQUIRED)) {
                    tlsRequired++;
                    tlsRequiredNo = text(colon + 1, next).equalsIgnoreCase("No");
                }
            }
            case 'm' -> messageId |= is(from, colon, MESSAGE_ID);
            default -> {}
        }
    }

    private void dropForFirstHop(int from, int colon, int next, byte[] name) {
        if (firstHop && is(from, colon, name)) {
            unwanted.add(new Span(from, next));
        }
    }

    private boolean is(int from, int colon, byte[] name) {
        if (!startsWith(from, name)) {
            return false;
        }
        int behind = from + name.length;
        return behind == colon || bytes[behind] == ' ' || bytes[behind] == '\t';
    }

    private boolean startsWith(int from, byte[] name) {
        if (from + name.length > length) {
            return false;
        }
        for (int i = 0; i < name.length; i++) {
            byte b = bytes[from + i];
            if ((b >= 'A' && b <= 'Z' ? b | 0x20 : b) != name[i]) {
                return false;
            }
        }
        return true;
    }

    /** Unfolds: the CRLF goes, the white space behind it stays (RFC 5322 §2.2.3). */
    private String text(int from, int to) {
        String raw = new String(bytes, from, to - from, StandardCharsets.UTF_8);
        return raw.replace("\r\n", "").trim();
    }

    private static byte[] lower(String name) {
        return name.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
    }
}
