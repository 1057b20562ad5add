package io.postrider.dkim;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Messages that are hard to sign, by what is nasty about them. Lines end in CRLF; 8-bit ones are UTF-8. */
public final class Messages {

    /** Obsolete (RFC 5322 §4.5), and some readers know it no more. */
    public static final String BLANK_BEFORE_COLON = "blank before the colon";

    private Messages() {}

    public static Map<String, byte[]> nasty() {
        String head = "From: Ann <ann@example.com>\r\nTo: bob@example.org\r\nSubject: Hello\r\n"
                + "Date: Mon, 6 Jul 2026 10:00:00 +0000\r\nMessage-ID: <1@example.com>\r\n";
        Map<String, String> all = new LinkedHashMap<>();
        all.put("plain", head + "\r\nHello Bob,\r\n\r\nbye.\r\n");
        all.put(
                "folded fields",
                "From: Ann\r\n <ann@example.com>\r\nTo: bob@example.org,\r\n\tcarl@example.org,\r\n  dora@example.org\r\n"
                        + "Subject: one\r\n two \t three   \r\nDate:\r\n Mon, 6 Jul 2026 10:00:00 +0000\r\n"
                        + "Message-ID:\t<2@example.com>\r\n\r\nHello\r\n");
        all.put(
                "repeated fields",
                head + "Cc: c1@example.org\r\nCc: c2@example.org\r\nReply-To: r@example.com\r\n"
                        + "Content-Type: text/plain\r\nList-Unsubscribe: <https://example.com/u>\r\nLIST-id: <a.example.com>\r\n"
                        + "List-Unsubscribe: <mailto:u@example.com>\r\nReferences: <0@example.com>\r\n <9@example.com>\r\n"
                        + "\r\nHello\r\n");
        all.put(
                "odd case and blanks",
                head.replace("Subject: Hello", "sUbJeCT:Hello") + "Sender:  s@example.com \r\n\r\nx\r\n");
        all.put(BLANK_BEFORE_COLON, head + "Sender :  s@example.com\r\n\r\nx\r\n");
        all.put("empty fields", head + "Reply-To:\r\nCc: \r\nContent-Language:\t \r\n\r\nHello\r\n");
        all.put("blanks at the end of lines", head + "\r\nHello \r\n\tBob\t \r\n   \r\n  a   b \t c\r\n\r\n\r\n");
        all.put("only blanks and empty lines", head + "\r\n \r\n\t\r\n\r\n\r\n");
        all.put("only empty lines", head + "\r\n\r\n\r\n\r\n");
        all.put("empty body", head + "\r\n");
        all.put("no body and no empty line", head);
        all.put("no line end at the end", head + "\r\nHello\r\nBob");
        all.put("blank and no line end at the end", head + "\r\nHello\r\nBob  ");
        all.put("8-bit body", head + "Content-Transfer-Encoding: 8bit\r\n\r\nGrüße aus Köln\r\n\u00a0\r\n");
        all.put(
                "UTF-8 header",
                head.replace("Subject: Hello", "Subject: Grüße\r\n aus  Köln").replace("Ann <", "\"Änne\" <")
                        + "\r\nHello\r\n");
        all.put("dots", head + "\r\n.\r\n..\r\n.a\r\n");
        all.put("line of 1 MiB", head + "\r\n" + "x".repeat(1 << 20) + "\r\n");
        all.put("line of 1 MiB with blanks", head + "\r\n" + "x  ".repeat(350_000) + "\r\n");
        all.put(
                "header of 200 fields",
                head + "X-Many: 1\r\n".repeat(200) + "List-Id: <a>\r\n".repeat(30) + "\r\nx\r\n");
        Map<String, byte[]> bytes = new LinkedHashMap<>();
        all.forEach((name, text) -> bytes.put(name, text.getBytes(StandardCharsets.UTF_8)));
        return bytes;
    }
}
