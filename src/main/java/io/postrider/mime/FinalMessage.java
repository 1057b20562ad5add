package io.postrider.mime;

import io.postrider.mime.HeaderScan.Span;
import java.nio.charset.StandardCharsets;

/** Makes the bytes that are kept and sent: trace headers, then what came in without what is for us alone, and nothing else. */
public final class FinalMessage {

    private static final byte[] SEPARATOR = {'\r', '\n'};

    private FinalMessage() {}

    /** @param bytes hold the message in their first {@code length} bytes, which {@code scan} has read */
    public static byte[] of(byte[] bytes, int length, HeaderScan scan, Trace trace) {
        byte[] head = trace.lines(!scan.hasDate(), !scan.hasMessageId()).getBytes(StandardCharsets.UTF_8);
        int removed = 0;
        for (Span field : scan.unwanted()) {
            removed += field.to() - field.from();
        }
        int separator = scan.startsWithBody() ? SEPARATOR.length : 0;
        byte[] result = new byte[head.length + separator + length - removed];
        System.arraycopy(head, 0, result, 0, head.length);
        System.arraycopy(SEPARATOR, 0, result, head.length, separator);
        int to = head.length + separator;
        int from = 0;
        for (Span field : scan.unwanted()) {
            System.arraycopy(bytes, from, result, to, field.from() - from);
            to += field.from() - from;
            from = field.to();
        }
        System.arraycopy(bytes, from, result, to, length - from);
        return result;
    }
}
