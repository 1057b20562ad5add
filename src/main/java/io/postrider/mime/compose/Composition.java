package io.postrider.mime.compose;

import java.util.List;

/** What became of a draft. */
public sealed interface Composition {

    /**
     * The message.
     *
     * @param bytes final, lines end with CRLF; all ASCII unless {@code needsSmtpUtf8}
     * @param needsSmtpUtf8 whether a header field holds an address with a local part beyond ASCII (RFC 6532)
     */
    record Composed(byte[] bytes, boolean needsSmtpUtf8) implements Composition {}

    /** @param faults all that were found, never empty */
    record Refused(List<Fault> faults) implements Composition {

        public Refused {
            faults = List.copyOf(faults);
        }
    }

    /**
     * @param pointer a JSON pointer (RFC 6901) into a request that is shaped like the draft: {@code /subject},
     *     {@code /from/email}, {@code /to/3/name}, {@code /headers/X-Name}, {@code /attachments/0/filename}
     * @param detail in plain words
     */
    record Fault(String pointer, String detail) {}
}
