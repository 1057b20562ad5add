package io.postrider.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postrider.mail.Domain;
import io.postrider.mail.Mailbox;
import io.postrider.mail.MessageId;
import io.postrider.mail.TlsWish;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ReferenceCodecTest {

    private static final MessageId ID = new MessageId(0x0195_4000_0000_7001L, 0x8000_0000_0000_0002L);
    private static final Domain DOMAIN = Domain.of("dest.example");

    private static final Reference LEAST = new Reference(
            ID,
            DOMAIN,
            Mailbox.NULL_SENDER,
            List.of(Recipient.of(0, Mailbox.of("user@dest.example"))),
            Labels.NONE,
            Optional.empty(),
            Instant.ofEpochMilli(1_772_366_400_000L),
            "",
            "relay-in",
            "",
            0,
            Reference.Needs.NOTHING,
            "",
            "",
            1);

    private static final Reference MOST = new Reference(
            ID,
            DOMAIN,
            Mailbox.of("sender@Origin.example"),
            List.of(
                    new Recipient(0, Mailbox.of("Ünser@DEST.example"), "SUCCESS,FAILURE", "rfc822;user@dest.example"),
                    new Recipient(300, Mailbox.of("user@[192.0.2.1]"), "NEVER", ""),
                    new Recipient(301, Mailbox.of("user@other.example"), "", "")),
            new Labels(
                    "tenant",
                    "campaign",
                    "urgent",
                    "bulk",
                    List.of("one", "two"),
                    Map.of("b", "2", "a", "1", "schlüssel", "wert")),
            Optional.of(Instant.ofEpochMilli(1_772_366_400_123L)),
            Instant.ofEpochMilli(1_772_798_400_000L),
            "key-17",
            "relay-in",
            "session-9",
            52_428_800,
            new Reference.Needs(true, true),
            "env+2Bid",
            "HDRS",
            3);

    static Stream<Arguments> references() {
        return Stream.of(
                Arguments.of("reference-v1-least", LEAST),
                Arguments.of("reference-v1-most", MOST),
                Arguments.of("reference-v2-tls-optional", with(LEAST, TlsWish.OPTIONAL)),
                Arguments.of("reference-v2-tls-required", with(MOST, TlsWish.REQUIRED)));
    }

    private static Reference with(Reference of, TlsWish tls) {
        return new Reference(
                of.message(),
                of.domain(),
                of.sender(),
                of.recipients(),
                of.labels(),
                of.notBefore(),
                of.expiresAt(),
                of.owner(),
                of.listener(),
                of.sessionId(),
                of.sizeBytes(),
                of.needs().with(tls),
                of.envelopeId(),
                of.ret(),
                of.domains());
    }

    @ParameterizedTest
    @MethodSource("references")
    void readsWhatItWrites(String name, Reference reference) {
        assertThat(ReferenceCodec.decode(ID, DOMAIN, ReferenceCodec.encode(reference)))
                .isEqualTo(reference);
    }

    @ParameterizedTest
    @MethodSource("references")
    void writesAndReadsTheGoldenBytes(String name, Reference reference) throws IOException {
        byte[] golden = golden(name);

        assertThat(HexFormat.of().formatHex(ReferenceCodec.encode(reference)))
                .isEqualTo(HexFormat.of().formatHex(golden));
        assertThat(ReferenceCodec.decode(ID, DOMAIN, golden)).isEqualTo(reference);
    }

    @ParameterizedTest
    @MethodSource("references")
    void refusesBytesThatEndEarlyAndVersionsThatItDoesNotKnow(String name, Reference reference) {
        byte[] bytes = ReferenceCodec.encode(reference);
        List<Integer> readable = new ArrayList<>();
        for (int length = 0; length < bytes.length; length++) {
            try {
                ReferenceCodec.decode(ID, DOMAIN, Arrays.copyOf(bytes, length));
                readable.add(length);
            } catch (RuntimeException expected) {
                continue;
            }
        }
        bytes[0] = 3;

        assertThat(readable).isEmpty();
        assertThatThrownBy(() -> ReferenceCodec.decode(ID, DOMAIN, bytes)).hasMessageContaining("version 1 or 2");
    }

    private static byte[] golden(String name) throws IOException {
        try (InputStream in = ReferenceCodecTest.class.getResourceAsStream("/golden/spool/" + name + ".hex")) {
            assertThat(in).as(name).isNotNull();
            return HexFormat.of().parseHex(new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip());
        }
    }
}
