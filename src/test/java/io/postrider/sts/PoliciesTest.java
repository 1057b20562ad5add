package io.postrider.sts;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.postrider.mail.Domain;
import io.postrider.metrics.Meters;
import io.postrider.metrics.MetricsSettings;
import io.postrider.store.TemporaryStore;
import io.postrider.sts.PolicyHost.Failure;
import io.postrider.sts.PolicyHost.Fetched;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is asked of whom, and what holds, with DNS and policy hosts of paper. */
class PoliciesTest {

    private static final Domain DOMAIN = Domain.of("example.com");

    private final TemporaryStore store = TemporaryStore.with(Policies.FAMILIES);
    private final Meters meters = new Meters(new MetricsSettings(10));
    private final Map<String, Names.Texts> texts = new HashMap<>();
    private final Map<Domain, Fetched> hosts = new HashMap<>();
    private final List<String> fetches = new ArrayList<>();
    private final List<CompletableFuture<Void>> held = new ArrayList<>();
    private boolean holding;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private Policies policies = open("");

    @AfterEach
    void close() {
        store.close();
    }

    private Policies open(String settings) {
        StsSettings read = StsSettings.from(ConfigFactory.parseString("postrider.egress.mta-sts { " + settings + " }")
                .withFallback(ConfigFactory.parseResources("reference.conf"))
                .resolve()
                .getConfig("postrider"));
        Names names = new Names() {
            @Override
            public CompletionStage<Texts> texts(String name) {
                return CompletableFuture.completedFuture(texts.getOrDefault(name, new Texts.Found(List.of())));
            }

            @Override
            public CompletionStage<Addresses> addresses(String host) {
                throw new AssertionError("the policy host alone asks for addresses");
            }
        };
        PolicyHost host = domain -> {
            fetches.add(domain.name());
            Fetched fetched = hosts.getOrDefault(domain, new Fetched.Failed(Failure.UNREACHABLE, "nobody there"));
            if (!holding) {
                return CompletableFuture.completedFuture(fetched);
            }
            CompletableFuture<Void> gate = new CompletableFuture<>();
            held.add(gate);
            return gate.thenApply(open -> fetched);
        };
        return Policies.open(store.store(), read, names, new Policies.Ports(host, Runnable::run, meters), () -> now);
    }

    private void publish(String id, String mode) {
        publish(DOMAIN, id, mode, 86_400);
    }

    private void publish(Domain domain, String id, String mode, long maxAge) {
        record(domain, "v=STSv1; id=" + id + ";");
        hosts.put(
                domain,
                new Fetched.Body("version: STSv1\nmode: " + mode + "\nmx: mx." + domain + "\nmax_age: " + maxAge));
    }

    private void record(Domain domain, String... records) {
        texts.put("_mta-sts." + domain, new Names.Texts.Found(List.of(records)));
    }

    private void nothingIsPublishedAnyMore() {
        texts.clear();
        hosts.clear();
    }

    private String modeOf(Domain domain) {
        return policies.of(domain)
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join()
                .map(policy -> policy.mode().label())
                .orElse("none at all");
    }

    private String mode() {
        return modeOf(DOMAIN);
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    @Test
    void fetchesNothingWithoutARecord() {
        hosts.put(DOMAIN, new Fetched.Body("version: STSv1\nmode: none\nmax_age: 5"));

        assertThat(mode()).isEqualTo("none at all");
        assertThat(fetches).isEmpty();
    }

    @Test
    void fetchesOncePerVersion() {
        publish("1", "enforce");

        assertThat(mode()).isEqualTo("enforce");
        assertThat(mode()).isEqualTo("enforce");

        assertThat(fetches).hasSize(1);
        assertThat(meters.expose()).contains("postrider_mta_sts_policies 1.0");
    }

    @Test
    void anotherIdBringsTheNewPolicy() {
        publish("1", "enforce");
        assertThat(mode()).isEqualTo("enforce");

        publish("2", "testing");

        assertThat(mode()).isEqualTo("testing");
        assertThat(fetches).hasSize(2);
    }

    @Test
    void aPolicyHoldsUntilItExpiresThoughRecordAndHostAreGone() {
        publish("1", "enforce");
        assertThat(mode()).isEqualTo("enforce");

        nothingIsPublishedAnyMore();
        pass(Duration.ofSeconds(86_399));

        assertThat(mode()).isEqualTo("enforce");
        pass(Duration.ofSeconds(1));
        assertThat(mode()).isEqualTo("none at all");
    }

    @Test
    void aPolicyHoldsThoughTheDnsDoesNotAnswer() {
        publish("1", "enforce");
        assertThat(mode()).isEqualTo("enforce");

        texts.put("_mta-sts.example.com", new Names.Texts.Unknown("no answer"));

        assertThat(mode()).isEqualTo("enforce");
    }

    @Test
    void aPolicyHoldsThoughTheNewOneCannotBeFetched() {
        publish("1", "enforce");
        assertThat(mode()).isEqualTo("enforce");
        publish("2", "none");
        hosts.put(DOMAIN, new Fetched.Failed(Failure.UNTRUSTED, "somebody else"));

        assertThat(mode()).isEqualTo("enforce");
        hosts.put(DOMAIN, new Fetched.Body("<html>we moved</html>"));
        pass(Duration.ofMinutes(5));
        assertThat(mode()).isEqualTo("enforce");
        assertThat(meters.expose())
                .contains("postrider_mta_sts_fetches_total{result=\"untrusted\"} 1.0")
                .contains("postrider_mta_sts_fetches_total{result=\"malformed\"} 1.0");
    }

    @Test
    void stillHoldsAfterARestart() {
        publish("1", "enforce");
        assertThat(mode()).isEqualTo("enforce");

        nothingIsPublishedAnyMore();
        store.reopen();
        policies = open("");
        pass(Duration.ofHours(23));

        assertThat(mode()).isEqualTo("enforce");
        pass(Duration.ofHours(1));
        assertThat(mode()).isEqualTo("none at all");
    }

    @Test
    void expiredRowsLeaveTheDisk() {
        publish("1", "enforce");
        assertThat(mode()).isEqualTo("enforce");
        nothingIsPublishedAnyMore();
        pass(Duration.ofDays(2));

        policies.refresh();

        assertThat(meters.expose()).contains("postrider_mta_sts_policies 0.0");
        now = Instant.parse("2026-01-01T00:00:01Z");
        store.reopen();
        policies = open("");
        assertThat(mode()).isEqualTo("none at all");
    }

    @Test
    void whatFailedIsLeftAloneForAWhile() {
        record(DOMAIN, "v=STSv1; id=1");

        assertThat(mode()).isEqualTo("none at all");
        assertThat(mode()).isEqualTo("none at all");
        assertThat(fetches).hasSize(1);

        publish("1", "enforce");
        pass(Duration.ofMinutes(4));
        assertThat(mode()).isEqualTo("none at all");
        pass(Duration.ofMinutes(1));
        assertThat(mode()).isEqualTo("enforce");
        assertThat(fetches).hasSize(2);
    }

    @Test
    void aNewVersionIsFetchedThoughTheOldOneFailedJustNow() {
        record(DOMAIN, "v=STSv1; id=1");
        assertThat(mode()).isEqualTo("none at all");

        publish("2", "enforce");

        assertThat(mode()).isEqualTo("enforce");
    }

    @Test
    void whoAsksMeanwhileSharesTheFetch() {
        publish("1", "enforce");
        holding = true;

        CompletableFuture<Optional<PublishedPolicy>> first = policies.of(DOMAIN).toCompletableFuture();
        CompletableFuture<Optional<PublishedPolicy>> second =
                policies.of(DOMAIN).toCompletableFuture();

        assertThat(first).isNotDone();
        assertThat(second).isNotDone();
        held.forEach(gate -> gate.complete(null));
        assertThat(first.join()).isPresent();
        assertThat(second.join()).isPresent();
        assertThat(fetches).hasSize(1);
    }

    @Test
    void mailWaitsNoLongerThanTheTimeOut() {
        policies = open("timeout = 1s");
        publish("1", "enforce");
        holding = true;

        assertThat(mode()).isEqualTo("none at all");

        held.forEach(gate -> gate.complete(null));
        assertThat(mode()).isEqualTo("enforce");
        assertThat(fetches).hasSize(1);
    }

    @Test
    void aBoundedNumberIsFetchedAtATime() {
        policies = open("max-fetches = 1, max-waiting = 1");
        List<Domain> domains = List.of(Domain.of("a.example"), Domain.of("b.example"), Domain.of("c.example"));
        domains.forEach(domain -> publish(domain, "1", "enforce", 86_400));
        holding = true;

        List<CompletableFuture<Optional<PublishedPolicy>>> asked = domains.stream()
                .map(domain -> policies.of(domain).toCompletableFuture())
                .toList();

        assertThat(fetches).containsExactly("a.example");
        assertThat(asked.get(2).join()).as("one too many").isEmpty();
        holding = false;
        held.get(0).complete(null);
        assertThat(asked.get(0).join()).isPresent();
        assertThat(asked.get(1).join()).isPresent();
        assertThat(meters.expose()).contains("postrider_mta_sts_fetches_total{result=\"busy\"} 1.0");
    }

    @Test
    void isFetchedAgainEachDayWithoutMail() {
        publish("1", "enforce");
        hosts.computeIfPresent(
                DOMAIN,
                (domain, body) ->
                        new Fetched.Body("version: STSv1\nmode: enforce\nmx: mx.example.com\nmax_age: 604800"));
        assertThat(mode()).isEqualTo("enforce");

        pass(Duration.ofHours(23));
        policies.refresh();
        assertThat(fetches).hasSize(1);
        for (int day = 1; day <= 20; day++) {
            pass(Duration.ofDays(1));
            policies.refresh();
            assertThat(fetches).hasSize(1 + day);
        }
        nothingIsPublishedAnyMore();
        pass(Duration.ofDays(6));
        assertThat(mode()).isEqualTo("enforce");
    }

    @Test
    void isFetchedAgainThoughTheRecordCannotBeLookedUp() {
        publish("1", "enforce");
        assertThat(mode()).isEqualTo("enforce");
        texts.put("_mta-sts.example.com", new Names.Texts.Unknown("no answer"));

        pass(Duration.ofHours(13));
        policies.refresh();
        pass(Duration.ofHours(13));

        assertThat(fetches).hasSize(2);
        assertThat(mode()).isEqualTo("enforce");
    }

    @Test
    void isNoLongerFetchedWhenNobodyWritesThere() {
        publish(DOMAIN, "1", "enforce", 31_557_600);
        assertThat(mode()).isEqualTo("enforce");

        pass(Duration.ofDays(32));
        policies.refresh();

        assertThat(fetches).hasSize(1);
        assertThat(mode()).as("but it holds").isEqualTo("enforce");
        policies.refresh();
        assertThat(fetches).as("and mail begins it anew").hasSize(2);
    }

    @Test
    void theLongestUnusedMakesRoom() {
        policies = open("cache = 64 KiB");
        for (int i = 0; i < 200; i++) {
            Domain domain = Domain.of("d" + i + ".example");
            publish(domain, "1", "enforce", 31_557_600);
            assertThat(modeOf(domain)).isEqualTo("enforce");
            assertThat(modeOf(Domain.of("d0.example"))).isEqualTo("enforce");
        }
        nothingIsPublishedAnyMore();

        for (int round = 0; round < 2; round++) {
            assertThat(modeOf(Domain.of("d0.example"))).isEqualTo("enforce");
            assertThat(modeOf(Domain.of("d199.example"))).isEqualTo("enforce");
            assertThat(modeOf(Domain.of("d1.example"))).isEqualTo("none at all");
            store.reopen();
            policies = open("cache = 64 KiB");
        }
    }

    @Test
    void aPolicyForSecondsIsKeptAsLongAsItsHostIsLeftAlone() {
        publish(DOMAIN, "1", "enforce", 0);

        assertThat(mode()).isEqualTo("enforce");
        pass(Duration.ofMinutes(4));
        assertThat(mode()).isEqualTo("enforce");
        assertThat(fetches).hasSize(1);
        pass(Duration.ofMinutes(1));
        assertThat(mode()).isEqualTo("enforce");
        assertThat(fetches).hasSize(2);
    }

    @Test
    void addressLiteralsHaveNoPolicy() {
        assertThat(modeOf(Domain.of("[192.0.2.1]"))).isEqualTo("none at all");
    }
}
