package io.postrider.cli.inject;

import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;

/** Made-up messages of one size that differ in recipient, number and Message-ID only. */
final class SampleMessage {

    private static final int LINE_BYTES = 78;

    private final String run;
    private final String head;
    private final int sizeBytes;
    private final byte[] body;

    /** @param run names this run in the Message-IDs, so that those of several runs differ */
    SampleMessage(String run, String from, int sizeBytes) {
        this.run = run;
        this.sizeBytes = sizeBytes;
        this.head = "From: <" + from + ">\r\nDate: "
                + DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC))
                + "\r\nSubject: Sample ";
        this.body = lines(sizeBytes);
    }

    String messageId(long number) {
        return "<" + run + "." + number + "@inject.test>";
    }

    /** Header and the blank line behind it. */
    byte[] header(long number, String to) {
        String text = head + number + "\r\nTo: <" + to + ">\r\nMessage-ID: " + messageId(number)
                + "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n";
        return text.getBytes(StandardCharsets.UTF_8);
    }

    byte[] body() {
        return body;
    }

    /** A plain text that is as large as the whole message once its lines end with CRLF; they end with LF here. */
    String text() {
        return new String(body, StandardCharsets.US_ASCII).replace("\r\n", "\n");
    }

    /** How much of the body makes the size full behind such a header, at least the last line end. */
    int bodyOffset(int headerBytes) {
        int wanted = Math.max(sizeBytes - headerBytes, 2);
        return Math.max(0, body.length - wanted);
    }

    /** Lines whose last one ends the text; any suffix of it but one of an LF alone is a text too. */
    private static byte[] lines(int length) {
        byte[] text = new byte[Math.max(length, 2)];
        Arrays.fill(text, (byte) 'x');
        for (int end = text.length; end >= 2; end -= LINE_BYTES) {
            text[end - 2] = '\r';
            text[end - 1] = '\n';
        }
        return text;
    }
}
