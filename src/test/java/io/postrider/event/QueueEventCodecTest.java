package io.postrider.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postrider.event.ByteSource.UnreadableException;
import io.postrider.event.QueueEvent.Accepted;
import io.postrider.event.QueueEvent.BackedOff;
import io.postrider.event.QueueEvent.CancelFinished;
import io.postrider.event.QueueEvent.CancelRequested;
import io.postrider.event.QueueEvent.Deferral;
import io.postrider.event.QueueEvent.Deferred;
import io.postrider.event.QueueEvent.Delayed;
import io.postrider.event.QueueEvent.Ending;
import io.postrider.event.QueueEvent.Entry;
import io.postrider.event.QueueEvent.Kind;
import io.postrider.event.QueueEvent.Lane;
import io.postrider.event.QueueEvent.Recovered;
import io.postrider.event.QueueEvent.Report;
import io.postrider.event.QueueEvent.Reported;
import io.postrider.event.QueueEvent.Rested;
import io.postrider.event.QueueEvent.Result;
import io.postrider.event.QueueEvent.Resumed;
import io.postrider.event.QueueEvent.RetriedNow;
import io.postrider.event.QueueEvent.Selector;
import io.postrider.event.QueueEvent.Settled;
import io.postrider.event.QueueEvent.Settlement;
import io.postrider.event.QueueEvent.Suspended;
import io.postrider.event.QueueEvent.Via;
import io.postrider.mail.MessageId;
import io.postrider.mail.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The golden files hold what version 1 wrote. They never change: a new form of an event gets a new file. */
class QueueEventCodecTest {

    private static final Instant AT = Instant.parse("2030-01-01T00:00:00.123Z");
    private static final MessageId ONE = new MessageId(0x0180_0000_0000_7001L, 0x8000_0000_0000_0001L);
    private static final MessageId TWO = new MessageId(0x0180_0000_0000_7002L, 0x8000_0000_0000_0002L);
    private static final Reply OK = Reply.of(250, "2.0.0", "OK");
    private static final Reply LATER = new Reply(451, Optional.empty(), List.of("Later", "or never"));
    private static final Via PLAIN = new Via("(a|b).example", "a.example", "192.0.2.1", "default", Via.Tls.NONE);
    private static final Via SECURED = new Via(
            "(a|b).example", "b.example", "2001:db8::1", "s2", new Via.Tls("TLSv1.3", "AES", "opportunistic", ""));
    private static final Via NAMED =
            new Via("(a|b).example", "b.example", "2001:db8::1", "s2", new Via.Tls("TLSv1.3", "AES", "verify", "mx.ü"));
    private static final Selector SOME =
            new Selector(Optional.of("acme"), Optional.empty(), Optional.of("a@b.example"));

    static Map<String, QueueEvent> examples() {
        Map<String, QueueEvent> examples = new TreeMap<>();
        examples.put(
                "accepted",
                new Accepted(
                        List.of(
                                new Entry(ONE, 1, AT, AT.plusSeconds(432_000), 1, 4096),
                                new Entry(TWO, 300, AT.plusSeconds(60), AT.plusSeconds(90), 2, 1L << 40)),
                        List.of(
                                new Lane(1, "acme", "spring", "bulk", "default", false),
                                new Lane(2, "", "", "", "ü", false)),
                        AT));
        examples.put(
                "settled",
                new Settled(
                        List.of(
                                new Settlement(
                                        ONE, 1, Optional.of(PLAIN), List.of(new Result(0, Kind.DELIVERED, OK, false))),
                                new Settlement(
                                        TWO,
                                        0,
                                        Optional.empty(),
                                        List.of(
                                                new Result(7, Kind.EXPIRED, LATER, false),
                                                new Result(299, Kind.CANCELLED, OK, false)))),
                        AT));
        examples.put(
                "deferred",
                new Deferred(
                        List.of(new Deferral(
                                ONE,
                                3,
                                AT.plusMillis(299_999),
                                Optional.of(SECURED),
                                List.of(new Result(0, Kind.DEFERRED, LATER, true)))),
                        AT));
        examples.put(
                "deferred-by-named-peer",
                new Deferred(
                        List.of(new Deferral(
                                ONE,
                                3,
                                AT.plusMillis(299_999),
                                Optional.of(NAMED),
                                List.of(new Result(0, Kind.DEFERRED, LATER, true)))),
                        AT));
        examples.put("backed-off", new BackedOff(2, AT.plusSeconds(120), "451 4.4.1 no host answered", AT));
        examples.put("recovered", new Recovered(AT));
        examples.put("suspended", new Suspended(SOME, "complaints", Optional.of(AT.plusSeconds(5)), AT));
        examples.put("resumed", new Resumed(Selector.ALL, "", AT));
        examples.put("retried-now", new RetriedNow(SOME, "mended", AT));
        examples.put("cancel-requested", new CancelRequested(9, SOME, "mistake", AT));
        examples.put("cancel-finished", new CancelFinished(9, AT));
        examples.put("rested", new Rested(AT));
        examples.put(
                "settled-to-report",
                new Settled(
                        List.of(new Settlement(
                                ONE, 2, Optional.of(PLAIN), List.of(new Result(3, Kind.BOUNCED, LATER, false, true)))),
                        AT));
        examples.put(
                "reported",
                new Reported(
                        List.of(
                                new Report(ONE, List.of(3), Ending.QUEUED),
                                new Report(TWO, List.of(0, 299), Ending.WAIVED)),
                        AT));
        examples.put("delayed", new Delayed(List.of(ONE, TWO), AT));
        return examples;
    }

    static List<String> names() {
        return List.copyOf(examples().keySet());
    }

    @ParameterizedTest
    @MethodSource("names")
    void writesAndReadsTheGoldenBytes(String name) throws IOException {
        QueueEvent event = examples().get(name);
        byte[] golden = golden(name);

        assertThat(HexFormat.of().formatHex(QueueEventCodec.toBytes(event)))
                .isEqualTo(HexFormat.of().formatHex(golden));
        assertThat(QueueEventCodec.fromBytes(golden)).isEqualTo(event);
    }

    @Test
    void laneNumbersOfOptionalTlsComeLastAndOnlyWhereThereAreSome() throws IOException {
        Accepted usual = (Accepted) examples().get("accepted");
        Lane first = usual.lanes().getFirst();
        Lane optional =
                new Lane(first.number(), first.tenant(), first.campaign(), first.mailClass(), first.pool(), true);
        Accepted event =
                new Accepted(usual.entries(), List.of(optional, usual.lanes().getLast()), AT);

        byte[] bytes = QueueEventCodec.toBytes(event);

        String numbers = "0101";
        assertThat(HexFormat.of().formatHex(bytes)).isEqualTo(HexFormat.of().formatHex(golden("accepted")) + numbers);
        assertThat(QueueEventCodec.fromBytes(bytes)).isEqualTo(event);
    }

    @Test
    void everyEventHasAGoldenFile() {
        assertThat(examples().values().stream().map(Object::getClass).distinct())
                .hasSize(QueueEvent.class.getPermittedSubclasses().length);
    }

    @ParameterizedTest
    @MethodSource("names")
    void toleratesFieldsOfALaterVersion(String name) throws IOException {
        byte[] golden = golden(name);
        byte[] later = Arrays.copyOf(golden, golden.length + 3);

        assertThat(QueueEventCodec.fromBytes(later)).isEqualTo(examples().get(name));
    }

    @ParameterizedTest
    @MethodSource("names")
    void refusesBytesThatEndTooSoon(String name) throws IOException {
        byte[] golden = golden(name);

        for (int length = 0; length < golden.length; length++) {
            byte[] cut = Arrays.copyOf(golden, length);
            assertThatThrownBy(() -> QueueEventCodec.fromBytes(cut)).isInstanceOf(UnreadableException.class);
        }
    }

    @Test
    void refusesAnUnknownEventLoudly() throws IOException {
        byte[] unknown = golden("rested");
        unknown[0] = 99;

        assertThatThrownBy(() -> QueueEventCodec.fromBytes(unknown))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining("number 99");
    }

    @Test
    void boundsWhatAServerHasToSay() {
        Reply endless = new Reply(550, Optional.empty(), List.of("x".repeat(400), "y".repeat(4000), "z"));
        Settled event = new Settled(
                List.of(new Settlement(ONE, 1, Optional.empty(), List.of(new Result(0, Kind.BOUNCED, endless, false)))),
                AT);

        Settled read = (Settled) QueueEventCodec.fromBytes(QueueEventCodec.toBytes(event));

        Reply kept = read.settlements().get(0).results().get(0).reply();
        assertThat(kept.text()).hasSize(512).startsWith("x").endsWith("y");
    }

    @Test
    void aThousandDeliveriesOfOneConnectionAreSmall() {
        List<Settlement> settlements = new java.util.ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            settlements.add(new Settlement(
                    new MessageId(ONE.high(), i),
                    1,
                    Optional.of(PLAIN),
                    List.of(new Result(0, Kind.DELIVERED, OK, false))));
        }

        assertThat(QueueEventCodec.toBytes(new Settled(settlements, AT))).hasSizeLessThan(23_000);
    }

    private static byte[] golden(String name) throws IOException {
        try (InputStream file = QueueEventCodecTest.class.getResourceAsStream("/golden/queue/" + name + ".v1.hex")) {
            assertThat(file)
                    .as("golden file of %s; its bytes would be %s", name, written(name))
                    .isNotNull();
            return HexFormat.of().parseHex(new String(file.readAllBytes(), StandardCharsets.US_ASCII).strip());
        }
    }

    private static String written(String name) {
        return HexFormat.of().formatHex(QueueEventCodec.toBytes(examples().get(name)));
    }
}
