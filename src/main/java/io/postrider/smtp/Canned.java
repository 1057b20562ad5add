package io.postrider.smtp;

import io.postrider.mail.Reply;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** A reply of ours together with its bytes on the wire, encoded once. */
record Canned(Reply reply, byte[] bytes) {

    static Canned of(int code, String enhanced, String text) {
        return of(Reply.of(code, enhanced, text));
    }

    static Canned of(Reply reply) {
        return new Canned(reply, encode(reply));
    }

    /** RFC 4954 §4: base64, and a blank where there is nothing to say. */
    static Canned challenge(byte[] text) {
        return of(334, "", Base64.getEncoder().encodeToString(text));
    }

    /** RFC 5321 §4.2.1: the enhanced code leads every line (RFC 2034 §4). */
    static byte[] encode(Reply reply) {
        StringBuilder text = new StringBuilder(64);
        int last = reply.lines().size() - 1;
        for (int i = 0; i <= last; i++) {
            text.append(reply.code()).append(i < last ? '-' : ' ');
            if (reply.enhanced().isPresent()) {
                text.append(reply.enhanced().get()).append(' ');
            }
            text.append(reply.lines().get(i)).append("\r\n");
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
