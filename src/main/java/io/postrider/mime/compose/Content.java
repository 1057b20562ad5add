package io.postrider.mime.compose;

import io.postrider.mime.compose.Part.Multipart;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts texts and files in order (RFC 2046 §5.1, RFC 2387):
 *
 * <pre>
 * mixed
 * ├─ alternative
 * │  ├─ text/plain
 * │  └─ related
 * │     ├─ text/html
 * │     └─ pictures that the HTML shows
 * └─ attachments
 * </pre>
 *
 * A level with only one child is left out.
 */
final class Content {

    private final Draft draft;
    private final List<MediaType> types;
    private final String mark;

    private Content(Draft draft, List<MediaType> types) {
        this.draft = draft;
        this.types = types;
        this.mark = mark(draft.messageId());
    }

    /** @param types of the attachments, in their order */
    static Part of(Draft draft, List<MediaType> types) {
        return new Content(draft, types).whole();
    }

    private Part whole() {
        List<Part> related = new ArrayList<>();
        List<Part> attached = new ArrayList<>();
        for (int i = 0; i < draft.attachments().size(); i++) {
            Attachment attachment = draft.attachments().get(i);
            (isShown(attachment) ? related : attached).add(file(attachment, types.get(i)));
        }
        Part body = body(related);
        if (attached.isEmpty()) {
            return body;
        }
        attached.add(0, body);
        return Multipart.of("mixed", "=_m_" + mark, "", attached);
    }

    private Part body(List<Part> related) {
        if (draft.html().isEmpty()) {
            return TextPart.of("plain", draft.text().orElse(""));
        }
        Part html = TextPart.of("html", draft.html().get());
        if (!related.isEmpty()) {
            related.add(0, html);
            html = Multipart.of("related", "=_r_" + mark, " type=\"text/html\";", related);
        }
        if (draft.text().isEmpty()) {
            return html;
        }
        Part text = TextPart.of("plain", draft.text().get());
        return Multipart.of("alternative", "=_a_" + mark, "", List.of(text, html));
    }

    private boolean isShown(Attachment attachment) {
        return attachment.inline()
                && !attachment.contentId().isEmpty()
                && draft.html().isPresent()
                && draft.html().get().contains("cid:" + attachment.contentId());
    }

    private Part file(Attachment attachment, MediaType type) {
        boolean asIs = type.isMessage() && isSevenBit(attachment.content());
        MediaType said = type.isMessage() && !asIs ? MediaType.OCTETS : type;
        StringBuilder header = new StringBuilder(200);
        header.append("Content-Type: ")
                .append(said.essence())
                .append(said.parameters().replace("; ", ";\r\n "));
        if (!attachment.filename().isEmpty()) {
            FileName.appendContentType(header, attachment.filename());
        }
        header.append("\r\nContent-Disposition: ").append(attachment.inline() ? "inline" : "attachment");
        if (!attachment.filename().isEmpty()) {
            FileName.appendDisposition(header, attachment.filename());
        }
        if (!attachment.contentId().isEmpty()) {
            header.append("\r\nContent-ID: <").append(attachment.contentId()).append('>');
        }
        header.append("\r\nContent-Transfer-Encoding: ")
                .append(asIs ? "7bit" : "base64")
                .append("\r\n");
        if (!asIs) {
            return new Part.InBase64(header.toString(), attachment.content());
        }
        byte[] message = new byte[attachment.content().remaining()];
        attachment.content().duplicate().get(message);
        return new Part.Ready(header.toString(), message);
    }

    /** Whether these bytes may stand in a message as they are: ASCII, lines with CRLF, no boundary of ours. */
    private boolean isSevenBit(ByteBuffer content) {
        int line = 0;
        int last = content.limit() - 1;
        for (int i = content.position(); i <= last; i++) {
            byte octet = content.get(i);
            boolean ends = octet == '\r' && i < last && content.get(i + 1) == '\n';
            boolean fits = octet > 0 && octet < 0x7f && (octet >= ' ' || octet == '\t' || ends);
            if (!fits || ++line > 990) {
                return false;
            }
            if (ends) {
                line = 0;
                i++;
            }
        }
        return !StandardCharsets.US_ASCII.decode(content.duplicate()).toString().contains(mark);
    }

    /**
     * The same for the same message, so that a repeat has the same bytes. It need not be secret: the {@code =_} before it
     * stands in no quoted-printable or base64 text (RFC 2045 §6.7).
     */
    private static String mark(String messageId) {
        long one = 0xcbf29ce484222325L;
        long two = 0x9e3779b97f4a7c15L;
        for (int i = 0; i < messageId.length(); i++) {
            one = (one ^ messageId.charAt(i)) * 0x100000001b3L;
            two = Long.rotateLeft(two ^ one, 29) * 0xbf58476d1ce4e5b9L;
        }
        return Long.toHexString(one) + Long.toHexString(two);
    }
}
