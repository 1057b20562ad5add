package io.postrider.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Type;

/** Which answers of real name servers count as secure, insecure and bogus, by our own validator and by a resolver's word. */
class ValidationTest {

    private static final String RECORDS =
            """
            mx IN A 127.0.0.1
            @ IN MX 10 mx
            *.wild IN A 127.0.0.1
            alias IN CNAME mx
            out IN CNAME mx.unsigned.
            into-broken IN CNAME forged.broken.
            nowhere IN CNAME nothing
            forged IN A 127.0.0.9
            """;

    @TempDir
    static Path directory;

    private static SignedDns dns;
    private static LookUps ours;
    private static LookUps theirs;

    @BeforeAll
    static void serve() throws Exception {
        dns = new SignedDns(directory)
                .signed("signed", RECORDS)
                .unsigned("unsigned", RECORDS + "in IN CNAME mx.signed.\n")
                .signed("broken", RECORDS)
                .forged("forged.broken.\t300\tIN\tA\t127.0.0.9", "forged.broken.\t300\tIN\tA\t127.0.0.66")
                .serve();
        ours = lookUps(dns.server(), "validate", InstantSource.system());
        theirs = lookUps(dns.validatingResolver(), "resolver", InstantSource.system());
    }

    @AfterAll
    static void stop() throws Exception {
        if (ours != null) {
            ours.close();
        }
        if (theirs != null) {
            theirs.close();
        }
        if (dns != null) {
            dns.close();
        }
    }

    @ParameterizedTest(name = "{0} {1}: {2} {3}")
    @CsvSource({
        "signed, MX, found, secure",
        "mx.signed, A, found, secure",
        "a.b.wild.signed, A, found, secure",
        "alias.signed, A, found, secure",
        "mx.signed, TLSA, no such record, secure",
        "nothing.signed, A, no such name, secure",
        "_25._tcp.mx.signed, TLSA, no such name, secure",
        "nowhere.signed, A, no such name, secure",
        "nothing, A, no such name, secure",
        "unsigned, MX, found, insecure",
        "mx.unsigned, A, found, insecure",
        "mx.unsigned, TLSA, no such record, insecure",
        "nothing.unsigned, A, no such name, insecure",
        // Behind an insecure alias everything is insecure, and a secure one makes nothing secure behind it.
        "out.signed, A, found, insecure",
        "out.signed, CNAME, found, secure",
        "in.unsigned, A, found, insecure",
        "mx.broken, A, found, secure",
        "forged.broken, A, failed, bogus",
        "into-broken.signed, A, failed, bogus",
    })
    void answersAreJudgedAlike(String name, String type, String what, String how) throws Exception {
        Question question = Question.about(name, Type.value(type));

        assertThat(says(ours, question)).isEqualTo(what + ", " + how);
        String word = how.equals("bogus") ? "not known why" : how;
        assertThat(says(theirs, question)).isEqualTo(what + ", " + word);
    }

    @Test
    void whatIsNotCheckedIsAnswered() throws Exception {
        assertThat(says(ours, Question.about("forged.broken", Type.A).unchecked()))
                .isEqualTo("found, insecure");
        assertThat(says(ours, Question.about("mx.signed", Type.A).unchecked())).isEqualTo("found, insecure");
    }

    @Test
    void aSignatureThatIsOverIsBogus() throws Exception {
        Instant nextYear = Instant.now().plus(Duration.ofDays(365));

        try (LookUps later = lookUps(dns.server(), "validate", () -> nextYear)) {
            assertThat(says(later, Question.about("mx.signed", Type.A))).isEqualTo("failed, bogus");
        }
    }

    @Test
    void whoHoldsBackTheKeyCannotDenyRecords() throws Exception {
        try (LyingDns lying = new LyingDns(dns.server(), "signed", Type.DNSKEY);
                LookUps victim = lookUps(lying.server(), "validate", InstantSource.system())) {
            Question denied = Question.about("_25._tcp.mx.signed", Type.TLSA);
            Question absent = Question.about("mx.signed", Type.TLSA);

            assertThat(says(victim, denied)).isEqualTo("failed, not known why");
            assertThat(says(victim, absent)).isEqualTo("failed, not known why");
            assertThat(says(victim, Question.about("mx.unsigned", Type.A))).isEqualTo("found, insecure");
        }
    }

    @Test
    void whoHoldsBackTheDelegationCannotDenyRecords() throws Exception {
        try (LyingDns lying = new LyingDns(dns.server(), "signed", Type.DS);
                LookUps victim = lookUps(lying.server(), "validate", InstantSource.system())) {

            assertThat(says(victim, Question.about("_25._tcp.mx.signed", Type.TLSA)))
                    .isEqualTo("failed, not known why");
            assertThat(says(victim, Question.about("mx.signed", Type.A))).isEqualTo("failed, not known why");
        }
    }

    private static String says(LookUps lookUps, Question question) throws Exception {
        Answer answer = lookUps.ask(question).toCompletableFuture().get(30, TimeUnit.SECONDS);
        return switch (answer) {
            case Answer.Found found -> "found, " + (found.secure() ? "secure" : "insecure");
            case Answer.NoSuchRecord none -> "no such record, " + (none.secure() ? "secure" : "insecure");
            case Answer.NoSuchName none -> "no such name, " + (none.secure() ? "secure" : "insecure");
            case Answer.Failed failed -> "failed, " + (failed.bogus() ? "bogus" : "not known why");
        };
    }

    private static LookUps lookUps(String server, String dnssec, InstantSource clock) {
        RouteSettings settings = RouteSettings.from(ConfigFactory.parseString(
                        """
                        postrider {
                          dns { servers = ["%s"], timeout = 500 ms, attempts = 2 }
                          egress.dane { dnssec = %s, trust-anchors = "%s" }
                        }
                        """
                                .formatted(server, dnssec, dns.anchors()))
                .withFallback(ConfigFactory.parseResources("reference.conf"))
                .resolve()
                .getConfig("postrider"));
        return new LookUps(settings.dns(), settings.dane(), clock);
    }
}
