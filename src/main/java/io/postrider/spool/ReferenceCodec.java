package io.postrider.spool;

import io.postrider.mail.Domain;
import io.postrider.mail.Mailbox;
import io.postrider.mail.MessageId;
import io.postrider.mail.TlsWish;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A reference as bytes; message and domain are in its key. Written by hand because every message is written and read
 * once each. The first byte is the version; what a version means never changes (golden files in
 * src/test/resources/golden/spool). Numbers are variable-length, seven bits a byte, lowest first; texts are their length
 * and UTF-8; times are milliseconds, to which {@code notBefore} and {@code expiresAt} are cut.
 *
 * <p>Version 2 is version 1 with what the message wants of TLS among its flags. It is written where there is such a wish
 * alone: a program that does not know the wish must not read on as if there were none.
 */
final class ReferenceCodec {

    private static final byte VERSION = 1;
    private static final byte VERSION_WITH_TLS = 2;

    private static final int EIGHT_BIT = 1;
    private static final int SMTP_UTF8 = 2;
    private static final int HAS_NOT_BEFORE = 4;
    private static final int TLS_REQUIRED = 8;
    private static final int TLS_OPTIONAL = 16;

    /** How the domain of a mailbox is known. */
    private static final int NO_DOMAIN = 0;

    private static final int DOMAIN_OF_THE_REFERENCE = 1;
    private static final int DOMAIN_AS_WRITTEN = 2;
    private static final int DOMAIN_FOLLOWS = 3;

    private ReferenceCodec() {}

    static byte[] encode(Reference reference) {
        Out out = new Out();
        TlsWish tls = reference.needs().tls();
        out.bytes[out.length++] = tls == TlsWish.USUAL ? VERSION : VERSION_WITH_TLS;
        int flags = (reference.needs().eightBit() ? EIGHT_BIT : 0)
                | (reference.needs().smtpUtf8() ? SMTP_UTF8 : 0)
                | (reference.notBefore().isPresent() ? HAS_NOT_BEFORE : 0)
                | (tls == TlsWish.REQUIRED ? TLS_REQUIRED : 0)
                | (tls == TlsWish.OPTIONAL ? TLS_OPTIONAL : 0);
        out.number(flags);
        out.mailbox(reference.sender(), reference.domain());
        out.number(reference.recipients().size());
        for (Recipient recipient : reference.recipients()) {
            out.number(recipient.index());
            out.mailbox(recipient.mailbox(), reference.domain());
            out.text(recipient.notifyOn());
            out.text(recipient.originalRecipient());
        }
        Labels labels = reference.labels();
        out.text(labels.tenant());
        out.text(labels.campaign());
        out.text(labels.mailClass());
        out.text(labels.pool());
        out.number(labels.tags().size());
        labels.tags().forEach(out::text);
        out.number(labels.metadata().size());
        // Sorted, because a Map.copyOf has another order in each process, and bytes should not.
        new TreeMap<>(labels.metadata()).forEach((key, value) -> {
            out.text(key);
            out.text(value);
        });
        if (reference.notBefore().isPresent()) {
            out.number(reference.notBefore().get().toEpochMilli());
        }
        out.number(reference.expiresAt().toEpochMilli());
        out.text(reference.owner());
        out.text(reference.listener());
        out.text(reference.sessionId());
        out.number(reference.sizeBytes());
        out.text(reference.envelopeId());
        out.text(reference.ret());
        out.number(reference.domains());
        return Arrays.copyOf(out.bytes, out.length);
    }

    /** @throws IllegalArgumentException when these are not the bytes of a reference in a version that is known */
    static Reference decode(MessageId message, Domain domain, byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        byte version = in.get();
        if (version != VERSION && version != VERSION_WITH_TLS) {
            throw new IllegalArgumentException(
                    "expected a reference of version 1 or 2 for " + message + " at " + domain + ", but got " + version);
        }
        int flags = (int) number(in);
        Mailbox sender = mailbox(in, domain);
        int count = (int) number(in);
        List<Recipient> recipients = new ArrayList<>(Math.min(count, bytes.length));
        for (int i = 0; i < count; i++) {
            recipients.add(new Recipient((int) number(in), mailbox(in, domain), text(in), text(in)));
        }
        Labels labels = labels(in);
        Optional<Instant> notBefore = (flags & HAS_NOT_BEFORE) == 0 ? Optional.empty() : Optional.of(time(in));
        return new Reference(
                message,
                domain,
                sender,
                recipients,
                labels,
                notBefore,
                time(in),
                text(in),
                text(in),
                text(in),
                number(in),
                new Reference.Needs((flags & EIGHT_BIT) != 0, (flags & SMTP_UTF8) != 0, tls(flags)),
                text(in),
                text(in),
                (int) number(in));
    }

    private static TlsWish tls(int flags) {
        if ((flags & TLS_REQUIRED) != 0) {
            return TlsWish.REQUIRED;
        }
        return (flags & TLS_OPTIONAL) != 0 ? TlsWish.OPTIONAL : TlsWish.USUAL;
    }

    private static Labels labels(ByteBuffer in) {
        String tenant = text(in);
        String campaign = text(in);
        String mailClass = text(in);
        String pool = text(in);
        List<String> tags = new ArrayList<>();
        for (long left = number(in); left > 0; left--) {
            tags.add(text(in));
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        for (long left = number(in); left > 0; left--) {
            metadata.put(text(in), text(in));
        }
        return new Labels(tenant, campaign, mailClass, pool, tags, metadata);
    }

    private static Mailbox mailbox(ByteBuffer in, Domain reference) {
        int domainKind = (int) number(in);
        String address = text(in);
        return switch (domainKind) {
            case NO_DOMAIN -> address.isEmpty() ? Mailbox.NULL_SENDER : new Mailbox(address, Optional.empty());
            case DOMAIN_OF_THE_REFERENCE -> new Mailbox(address, Optional.of(reference));
            case DOMAIN_AS_WRITTEN ->
                new Mailbox(address, Optional.of(new Domain(address.substring(address.lastIndexOf('@') + 1))));
            case DOMAIN_FOLLOWS -> new Mailbox(address, Optional.of(new Domain(text(in))));
            default -> throw new IllegalArgumentException("expected a mailbox, but got one of kind " + domainKind);
        };
    }

    private static Instant time(ByteBuffer in) {
        return Instant.ofEpochMilli(number(in));
    }

    private static long number(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = in.get();
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("expected a number of at most ten bytes");
    }

    private static String text(ByteBuffer in) {
        int length = (int) number(in);
        if (length == 0) {
            return "";
        }
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException(
                    "expected " + length + " bytes of text, but " + in.remaining() + " are left");
        }
        byte[] utf8 = new byte[length];
        in.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    private static final class Out {
        private byte[] bytes = new byte[256];
        private int length;

        void number(long value) {
            ensure(10);
            long rest = value;
            while ((rest & ~0x7FL) != 0) {
                bytes[length++] = (byte) (rest | 0x80);
                rest >>>= 7;
            }
            bytes[length++] = (byte) rest;
        }

        void text(String text) {
            if (text.isEmpty()) {
                number(0);
                return;
            }
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            number(utf8.length);
            ensure(utf8.length);
            System.arraycopy(utf8, 0, bytes, length, utf8.length);
            length += utf8.length;
        }

        void mailbox(Mailbox mailbox, Domain reference) {
            String address = mailbox.address();
            String domain = mailbox.domain().map(Domain::name).orElse("");
            int kind = DOMAIN_FOLLOWS;
            if (domain.isEmpty()) {
                kind = NO_DOMAIN;
            } else if (domain.equals(reference.name())) {
                kind = DOMAIN_OF_THE_REFERENCE;
            } else if (address.endsWith(domain) && address.lastIndexOf('@') == address.length() - domain.length() - 1) {
                kind = DOMAIN_AS_WRITTEN;
            }
            number(kind);
            text(address);
            if (kind == DOMAIN_FOLLOWS) {
                text(domain);
            }
        }

        private void ensure(int more) {
            if (bytes.length - length < more) {
                bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
            }
        }
    }
}
