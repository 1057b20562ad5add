package io.postrider.mime.compose;

import java.nio.ByteBuffer;

/**
 * A file that goes with a message.
 *
 * @param filename what the recipient sees, any text; empty for none
 * @param contentType such as {@code image/png}, parameters allowed; empty means {@code application/octet-stream}
 * @param content from its position to its limit, never changed and not copied
 * @param inline shown within the text instead of beneath it
 * @param contentId without angle brackets, for {@code cid:} in the HTML text; empty for none
 */
public record Attachment(String filename, String contentType, ByteBuffer content, boolean inline, String contentId) {

    public Attachment {
        content = content.asReadOnlyBuffer();
    }
}
