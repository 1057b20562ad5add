package io.postrider.egress;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.mail.Domain;
import io.postrider.route.Routing;
import io.postrider.route.Site;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TurnsTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final ActorRef<ToConnection> SOMEBODY =
            KIT.<ToConnection>createTestProbe().ref();

    private final Turns turns = new Turns();

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    @Test
    void domainsTakeTurnsHoweverManyOfOneWait() {
        add("a.example", "one");
        add("a.example", "one");
        add("a.example", "one");
        add("b.example", "one");

        assertThat(serveAll()).containsExactly("a.example", "b.example", "a.example", "a.example");
        assertThat(turns.size()).isZero();
    }

    @Test
    void aDomainHasOneTurnWhateverPoolsItWaitsFor() {
        add("a.example", "one");
        add("a.example", "two");
        add("b.example", "one");
        add("b.example", "two");

        assertThat(serveAll()).containsExactly("a.example", "b.example", "a.example", "b.example");
    }

    @Test
    void passesOverThoseWhoCannotBeServed() {
        add("a.example", "one");
        Waiter two = add("b.example", "two");

        assertThat(turns.next(waiter -> waiter.kind.pool().equals("two"))).containsSame(two);
        assertThat(turns.next(waiter -> false)).isEmpty();
    }

    @Test
    void looksAtOneOfEachKindHoweverManyWait() {
        for (int i = 0; i < 1000; i++) {
            add("d" + i + ".example", i % 2 == 0 ? "one" : "two");
        }
        AtomicInteger looks = new AtomicInteger();

        turns.next(waiter -> looks.incrementAndGet() < 0);
        turns.unopened(waiter -> looks.incrementAndGet() < 0);

        assertThat(looks).hasValue(4);
    }

    @Test
    void opensForEachOnce() {
        Waiter first = add("a.example", "one");
        Waiter second = add("b.example", "one");

        turns.openingStarted(first);
        assertThat(turns.unopened(waiter -> true)).containsSame(second);
        turns.openingStarted(second);
        assertThat(turns.unopened(waiter -> true)).isEmpty();

        turns.openingEnded(first);
        assertThat(turns.unopened(waiter -> true)).containsSame(first);
        turns.served(second);
        turns.openingEnded(second);
        turns.served(first);
        assertThat(turns.unopened(waiter -> true)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"one, two", "two, one"})
    void opensForTheOneWhoseTurnItIs(String first, String second) {
        Waiter longest = add("a.example", first);
        add("b.example", second);

        assertThat(turns.unopened(waiter -> true)).containsSame(longest);
    }

    @ParameterizedTest
    @CsvSource({"one, two", "two, one"})
    void whatADomainWaitsForTakesTurnsToo(String first, String second) {
        turns.served(add("a.example", first));
        add("a.example", first);
        Waiter other = add("a.example", second);
        turns.served(turns.next(waiter -> waiter != other).orElseThrow());
        add("a.example", first);
        add("a.example", first);
        turns.served(turns.next(waiter -> waiter != other).orElseThrow());

        assertThat(turns.next(waiter -> true)).containsSame(other);
        assertThat(turns.unopened(waiter -> true)).containsSame(other);
    }

    private List<String> serveAll() {
        List<String> served = new ArrayList<>();
        while (turns.size() > 0) {
            Waiter next = turns.next(waiter -> true).orElseThrow();
            served.add(next.request.domain().name());
            turns.served(next);
        }
        return served;
    }

    private Waiter add(String domain, String pool) {
        Routing.Reachable way = new Routing.Reachable(new Site("site.test"), List.of(), true);
        ToPool.Borrow request = new ToPool.Borrow(Domain.of(domain), way, pool, false, SOMEBODY);
        Waiter waiter = new Waiter(request, new Turns.Kind(pool, true, false, Set.of(), Set.of()));
        turns.add(waiter);
        return waiter;
    }
}
