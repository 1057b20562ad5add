package io.postrider.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.mail.Domain;
import io.postrider.mail.Mailbox;
import io.postrider.mail.MessageId;
import io.postrider.queue.HandedOver;
import io.postrider.queue.QueueCommand.OfferAck;
import io.postrider.spool.Labels;
import io.postrider.spool.MemorySpool;
import io.postrider.spool.Recipient;
import io.postrider.spool.Reference;
import io.postrider.spool.Spool;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class HandOverActorTest {

    private record Offer(Domain domain, List<HandedOver> messages, boolean repeated, ActorRef<OfferAck> replyTo) {

        List<MessageId> ids() {
            return messages.stream().map(HandedOver::id).toList();
        }

        void acknowledge() {
            replyTo.tell(new OfferAck(domain, ids()));
        }
    }

    private static final Domain DOMAIN = Domain.of("example.test");
    private static final Duration REPEAT_AFTER = Duration.ofSeconds(10);

    private static ActorTestKit testKit;

    private final MemorySpool spool = new MemorySpool();
    private final TestProbe<Offer> queue = testKit.createTestProbe();
    private final AtomicInteger waiting = new AtomicInteger();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @BeforeAll
    static void startSystem() {
        testKit = ActorTestKit.create("HandOverActorTest", ManualTime.config());
    }

    @AfterAll
    static void stopSystem() {
        testKit.shutdownTestKit();
    }

    @Test
    void offersNewReferencesAsFirstOffers() {
        ActorRef<HandOverActor.Command> handOver = start();
        Reference reference = accepted(1);

        handOver.tell(new HandOverActor.Offered(List.of(reference)));

        Offer offer = queue.receiveMessage();
        assertThat(offer.ids()).containsExactly(reference.message());
        assertThat(offer.repeated()).isFalse();
    }

    @Test
    void takesTheMarkOffOnlyAfterTheQueueAnswered() {
        ActorRef<HandOverActor.Command> handOver = start();
        Reference reference = accepted(1);
        handOver.tell(new HandOverActor.Offered(List.of(reference)));
        Offer offer = queue.receiveMessage();
        assertThat(marked()).containsExactly(reference.message());

        offer.acknowledge();

        queue.awaitAssert(() -> {
            assertThat(marked()).isEmpty();
            return true;
        });
    }

    @Test
    void offersAfterAStartWhatACrashLeftMarkedAsRepeats() {
        Reference left = accepted(1);

        start();

        Offer offer = queue.receiveMessage();
        assertThat(offer.ids()).containsExactly(left.message());
        assertThat(offer.repeated()).isTrue();
    }

    @Test
    void repeatsAnOfferThatNobodyAnswered() {
        ActorRef<HandOverActor.Command> handOver = start();
        handOver.tell(new HandOverActor.Offered(List.of(accepted(1))));
        Offer first = queue.receiveMessage();

        now = now.plus(REPEAT_AFTER);
        ManualTime.get(testKit.system()).timePasses(REPEAT_AFTER);

        Offer second = queue.receiveMessage();
        assertThat(second.ids()).isEqualTo(first.ids());
        assertThat(second.repeated()).isTrue();
    }

    @Test
    void readsFromTheSpoolWhatDidNotFitIntoMemory() {
        Collection<MessageId> offered = new ConcurrentLinkedQueue<>();
        ActorRef<HandOverActor.Command> handOver = start((domain, messages, repeated, at, replyTo) -> {
            messages.forEach(message -> offered.add(message.id()));
            new Offer(domain, messages, repeated, replyTo).acknowledge();
        });

        handOver.tell(new HandOverActor.Offered(List.of(accepted(9_999))));
        queue.awaitAssert(() -> {
            assertThat(marked()).isEmpty();
            return true;
        });
        List<Reference> references =
                IntStream.rangeClosed(1, 1_500).mapToObj(this::accepted).toList();
        handOver.tell(new HandOverActor.Offered(references));

        queue.awaitAssert(() -> {
            assertThat(marked()).isEmpty();
            assertThat(waiting).hasValue(0);
            assertThat(offered)
                    .containsAll(references.stream().map(Reference::message).toList());
            return true;
        });
    }

    @Test
    void saysThatItIsCongestedFromItsBoundOn() {
        ActorRef<HandOverActor.Command> actor = start();
        HandOver handOver = new QueueHandOver(actor, waiting, settings(), () -> false);
        assertThat(handOver.isCongested()).isFalse();

        handOver.offer(IntStream.rangeClosed(1, 500).mapToObj(this::accepted).toList());

        queue.awaitAssert(() -> {
            assertThat(handOver.isCongested()).isTrue();
            return true;
        });
    }

    private static HandOverSettings settings() {
        return new HandOverSettings(100, 8, 1_000, 500, REPEAT_AFTER);
    }

    private ActorRef<HandOverActor.Command> start() {
        return start((domain, messages, repeated, at, replyTo) ->
                queue.getRef().tell(new Offer(domain, messages, repeated, replyTo)));
    }

    private ActorRef<HandOverActor.Command> start(HandOverActor.Door door) {
        InstantSource clock = () -> now;
        return testKit.spawn(HandOverActor.create(spool, door, settings(), clock, waiting));
    }

    private List<MessageId> marked() {
        return spool.toHandOver(Optional.empty(), 10_000).toCompletableFuture().join().references().stream()
                .map(Reference::message)
                .toList();
    }

    private Reference accepted(int n) {
        Reference reference = new Reference(
                new MessageId(n, n),
                DOMAIN,
                Mailbox.of("sender@example.org"),
                List.of(Recipient.of(0, Mailbox.of("user@example.test"))),
                Labels.NONE,
                Optional.empty(),
                now.plusSeconds(3600),
                "",
                "relay-in",
                "s1",
                3,
                Reference.Needs.NOTHING,
                "",
                "",
                1);
        spool.accept(new Spool.Message(reference.message(), new byte[] {1, 2, 3}, List.of(reference)));
        return reference;
    }
}
