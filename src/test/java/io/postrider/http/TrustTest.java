package io.postrider.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.mail.Cidr;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.apache.pekko.http.javadsl.model.AttributeKeys;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.RemoteAddress;
import org.apache.pekko.http.javadsl.model.headers.Host;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustTest {

    private static final List<Cidr> LOOPBACK = Cidr.parseAll(List.of("127.0.0.0/8", "::1"));
    private static final Trust DIRECT = new Trust(LOOPBACK, List.of(), List.of("Relay.Example"));
    private static final Trust BEHIND_PROXIES = new Trust(
            Cidr.parseAll(List.of("198.51.100.7", "2001:db8::7")), Cidr.parseAll(List.of("10.0.0.0/8", "::1")));

    private static HttpRequest from(String peer) {
        try {
            return HttpRequest.create()
                    .addAttribute(AttributeKeys.remoteAddress, RemoteAddress.create(InetAddress.getByName(peer)));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static HttpRequest with(HttpRequest request, String name, String value) {
        return request.addHeader(RawHeader.create(name, value));
    }

    private static boolean trusts(Trust trust, HttpRequest request) {
        return trust.objection(request).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1"})
    void believesTrustedHosts(String peer) {
        assertThat(trusts(DIRECT, from(peer))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"128.0.0.1", "10.0.0.1", "::2", "::ffff:10.0.0.1", "2001:db8::1"})
    void believesNobodyElse(String peer) {
        assertThat(DIRECT.objection(from(peer)))
                .hasValueSatisfying(why -> assertThat(why).contains("trusted-hosts"));
    }

    @Test
    void believesNobodyWhoseAddressIsNotKnown() {
        assertThat(trusts(DIRECT, HttpRequest.create())).isFalse();
        assertThat(trusts(new Trust(Cidr.parseAll(List.of("0.0.0.0/0", "::/0")), List.of()), HttpRequest.create()))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "Forwarded, for=127.0.0.1",
        "X-Forwarded-For, 127.0.0.1",
        "x-forwarded-for, ''",
        "Origin, http://localhost",
        "Origin, null",
    })
    void believesNoAddressThatAProxyOrABrowserStandsBefore(String name, String value) {
        assertThat(trusts(DIRECT, with(from("127.0.0.1"), name, value))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "[::1]:8080",
                "localhost:8080",
                "LOCALHOST",
                "app.localhost",
                "postrider:8080",
                "relay.example",
                "RELAY.example:80"
            })
    void believesWhoAsksForUsByANameThatNobodyElseCanOwn(String host) {
        assertThat(trusts(DIRECT, asking(host))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:8080",
                "127.0.0.1.evil.example",
                "localhost.evil.example",
                "relay.example.evil.example",
                "xrelay.example"
            })
    void believesNoPageThatMadeItsNameResolveToUs(String host) {
        assertThat(DIRECT.objection(asking(host)))
                .hasValueSatisfying(why -> assertThat(why).contains("trusted-names"));
        assertThat(trusts(new Trust(LOOPBACK, List.of(), List.of("*")), asking(host)))
                .isTrue();
    }

    private static HttpRequest asking(String host) {
        int colon = host.endsWith("]") ? -1 : host.lastIndexOf(':');
        String name = colon < 0 ? host : host.substring(0, colon);
        int port = colon < 0 ? 0 : Integer.parseInt(host.substring(colon + 1));
        String bare = name.startsWith("[") ? name.substring(1, name.length() - 1) : name;
        return from("127.0.0.1").addHeader(Host.create(bare, port));
    }

    @ParameterizedTest
    @CsvSource({
        "X-Forwarded-For, 198.51.100.7",
        "X-Forwarded-For, '203.0.113.1, 198.51.100.7'",
        "X-Forwarded-For, '198.51.100.7, 10.1.2.3'",
        "X-Forwarded-For, 198.51.100.7:4711",
        "X-Forwarded-For, ::ffff:198.51.100.7",
        "X-Forwarded-For, 2001:db8::7",
        "Forwarded, for=198.51.100.7",
        "Forwarded, 'proto=https;For=198.51.100.7;by=10.0.0.1'",
        "Forwarded, 'for=203.0.113.1, for=\"[2001:db8::7]:4711\"'",
    })
    void believesAProxyOfOursWhomItSpeaksFor(String name, String value) {
        HttpRequest request = with(from("10.0.0.1"), name, value);

        assertThat(trusts(BEHIND_PROXIES, request)).isTrue();
        assertThat(trusts(BEHIND_PROXIES, request.addHeader(Host.create("mail.example"))))
                .as("a proxy may pass on the name that it was asked for")
                .isTrue();
        assertThat(trusts(BEHIND_PROXIES, with(from("198.51.100.7"), name, value)))
                .as("nobody but a proxy of ours may speak for others")
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "X-Forwarded-For, '198.51.100.7, 203.0.113.1'",
        "X-Forwarded-For, '198.51.100.7, unknown'",
        "X-Forwarded-For, '198.51.100.7,'",
        "X-Forwarded-For, 10.0.0.2",
        "X-Forwarded-For, ''",
        "Forwarded, 'for=198.51.100.7, for=_hidden'",
        "Forwarded, for=unknown",
        "Forwarded, by=198.51.100.7",
    })
    void believesNoClientThatCouldHaveWrittenItsAddressItself(String name, String value) {
        assertThat(trusts(BEHIND_PROXIES, with(from("10.0.0.1"), name, value))).isFalse();
    }

    /** A proxy writes one of the two fields, and may pass on the other as the client wrote it. */
    @Test
    void believesTwoFieldsOnlyWhereTheyAgree() {
        HttpRequest stranger = with(from("10.0.0.1"), "X-Forwarded-For", "203.0.113.1");
        HttpRequest friend = with(from("10.0.0.1"), "X-Forwarded-For", "198.51.100.7");

        assertThat(trusts(BEHIND_PROXIES, with(stranger, "Forwarded", "for=198.51.100.7")))
                .isFalse();
        assertThat(trusts(BEHIND_PROXIES, with(friend, "Forwarded", "for=203.0.113.1")))
                .isFalse();
        assertThat(trusts(BEHIND_PROXIES, with(friend, "Forwarded", "for=198.51.100.7")))
                .isTrue();
    }

    @Test
    void readsFieldsThatComeInPartsAsOne() {
        assertThat(trusts(BEHIND_PROXIES, inParts("198.51.100.7", "203.0.113.1")))
                .isFalse();
        assertThat(trusts(BEHIND_PROXIES, inParts("198.51.100.7", "10.0.0.9"))).isTrue();
    }

    private static HttpRequest inParts(String first, String second) {
        return from("10.0.0.1")
                .addHeaders(List.of(
                        RawHeader.create("X-Forwarded-For", first), RawHeader.create("X-Forwarded-For", second)));
    }
}
