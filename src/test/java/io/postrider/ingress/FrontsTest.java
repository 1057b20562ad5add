package io.postrider.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.spool.Spool;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Proxies and filters before a listener, over real sockets. */
@Timeout(60)
class FrontsTest {

    private static final String PROXY = "proxy-protocol-from = [\"127.0.0.1\"], relay-hosts = [\"192.0.2.0/24\"]\n";
    private static final String XCLIENT = "xclient-from = [\"127.0.0.1\"], relay-hosts = [\"192.0.2.0/24\"]\n";

    @TempDir
    Path directory;

    private TlsFixture fixture;

    @BeforeEach
    void open() {
        fixture = new TlsFixture(directory);
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private static String rcpt(SmtpClient client) throws Exception {
        client.ask("EHLO client.example");
        client.ask("MAIL FROM:<a@example.org>");
        return client.ask("RCPT TO:<b@there.test>");
    }

    @Test
    void theClientBehindTheProxyCounts() throws Exception {
        SmtpListener listener = fixture.start(PROXY);
        SmtpClient friend = fixture.connect(listener).send("PROXY TCP4 192.0.2.7 127.0.0.1 4711 25\r\n");
        assertThat(friend.reply()).startsWith("220 ");
        assertThat(rcpt(friend)).startsWith("250 ");
        friend.ask("DATA");
        assertThat(friend.ask("hi\r\n.")).startsWith("250 ");
        Spool.Message message = fixture.spool.taken();
        assertThat(new String(message.body(), StandardCharsets.US_ASCII)).contains("192.0.2.7");

        SmtpClient stranger = fixture.connect(listener).send("PROXY TCP4 198.51.100.7 127.0.0.1 4711 25\r\n");
        assertThat(stranger.reply()).startsWith("220 ");
        assertThat(rcpt(stranger)).startsWith("550 5.7.1 ");
    }

    @Test
    void theHandshakeMayFollowTheHeaderAtOnce() throws Exception {
        SmtpListener listener = fixture.start(PROXY + "implicit-tls = true");
        SmtpClient client = fixture.connect(listener).send("PROXY TCP4 192.0.2.7 127.0.0.1 4711 465\r\n");
        client.encrypt(fixture.authority.client(), "TLSv1.3", "relay.example.com");

        assertThat(client.reply()).startsWith("220 ");
        assertThat(rcpt(client)).startsWith("250 ");
    }

    @Test
    void limitsAndListsAreForTheClient() throws Exception {
        SmtpListener listener =
                fixture.start(PROXY + "max-connections-per-client = 1, allow-hosts = [\"192.0.2.0/24\"]");
        assertThat(fixture.connect(listener)
                        .send("PROXY TCP4 192.0.2.7 127.0.0.1 1 25\r\n")
                        .reply())
                .startsWith("220 ");
        assertThat(fixture.connect(listener)
                        .send("PROXY TCP4 192.0.2.8 127.0.0.1 1 25\r\n")
                        .reply())
                .startsWith("220 ");
        assertThat(fixture.connect(listener)
                        .send("PROXY TCP4 192.0.2.7 127.0.0.1 2 25\r\n")
                        .reply())
                .startsWith("421 4.7.0 Too many connections from your address");
        assertThat(fixture.connect(listener)
                        .send("PROXY TCP4 198.51.100.7 127.0.0.1 2 25\r\n")
                        .reply())
                .startsWith("554 5.7.1 Access denied");
        assertThat(fixture.connect(listener).send("PROXY UNKNOWN\r\n").reply()).startsWith("554 5.7.1 Access denied");
    }

    @ParameterizedTest
    @ValueSource(strings = {"EHLO x\r\n", "PROXY TCP4 here there 1 2\r\n", "\r\n"})
    void aProxyThatSaysNothingUsefulIsCut(String text) throws Exception {
        SmtpClient client = fixture.connect(fixture.start(PROXY)).send(text);

        assertThat(isCut(client)).isTrue();
    }

    @Test
    void aProxyThatSaysNothingIsCut() throws Exception {
        assertThat(isCut(fixture.connect(fixture.start(PROXY + "proxy-protocol-timeout = 10 ms"))))
                .isTrue();
    }

    private static boolean isCut(SmtpClient client) {
        try {
            return client.reply().equals("closed");
        } catch (java.io.IOException reset) {
            return true;
        }
    }

    @Test
    void nobodyElseMayActAsAProxy() throws Exception {
        SmtpClient client = fixture.connect(fixture.start("relay-hosts = [\"192.0.2.0/24\"]"));
        client.reply();

        assertThat(client.ask("PROXY TCP4 192.0.2.7 127.0.0.1 4711 25")).startsWith("554 5.7.1 No proxy");
        assertThat(client.reply()).isEqualTo("closed");
    }

    @Test
    void xclientSpeaksForAnother() throws Exception {
        SmtpClient client = fixture.connect(fixture.start(XCLIENT));
        client.reply();
        assertThat(client.ask("EHLO filter.example")).contains("|250-XCLIENT NAME ADDR PORT PROTO HELO LOGIN|");
        assertThat(rcpt(client)).startsWith("550 ");
        assertThat(client.ask("XCLIENT ADDR=192.0.2.7")).startsWith("503 ");
        client.ask("RSET");

        assertThat(client.ask("XCLIENT NAME=spike.example ADDR=192.0.2.7 PORT=4711 PROTO=ESMTP HELO=spike+2Eexample"))
                .startsWith("220 relay.example.com ");
        assertThat(client.ask("MAIL FROM:<a@example.org>")).startsWith("503 5.5.1 Say EHLO");
        assertThat(rcpt(client)).startsWith("250 ");
        client.ask("DATA");
        assertThat(client.ask("hi\r\n.")).startsWith("250 ");
        assertThat(new String(fixture.spool.taken().body(), StandardCharsets.US_ASCII))
                .contains("192.0.2.7", "spike.example")
                .doesNotContain("client.example");
        assertThat(client.ask("XCLIENT ADDR=IPV6:2001:db8::1 HELO=[UNAVAILABLE]"))
                .startsWith("220 ");
        assertThat(rcpt(client)).startsWith("550 ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "XCLIENT|501",
                "XCLIENT ADDR|501",
                "XCLIENT ADDR=|501",
                "XCLIENT ADDR=host.test|501",
                "XCLIENT ADDR=192.0.2.999|501",
                "XCLIENT HELO=a+0Ab|501",
                "XCLIENT HELO=a+zz|501",
                "XCLIENT COLOUR=red|501",
                "XCLIENT LOGIN=nobody|554",
                "xclient addr=[UNAVAILABLE] login=[unavailable]|220"
            })
    void xclientHasItsForm(String command, String reply) throws Exception {
        SmtpClient client = fixture.connect(fixture.start(XCLIENT)).hello();

        assertThat(client.ask(command)).startsWith(reply);
    }

    @Test
    void nobodyElseMaySpeakForOthers() throws Exception {
        SmtpClient client = fixture.connect(fixture.start("relay-hosts = []"));
        client.reply();
        assertThat(client.ask("EHLO x")).doesNotContain("XCLIENT");
        assertThat(client.ask("XCLIENT ADDR=127.0.0.1")).startsWith("550 5.7.0 ");
    }

    /** Whom the proxy names may speak for others, not the proxy. */
    @Test
    void behindAProxyItsClientDecidesWhetherXclientIsAllowed() throws Exception {
        SmtpListener listener = fixture.start("xclient-from = [\"203.0.113.9\"], " + PROXY);
        SmtpClient filter = fixture.connect(listener).send("PROXY TCP4 203.0.113.9 127.0.0.1 4711 25\r\n");
        filter.reply();
        filter.ask("EHLO filter.example");
        assertThat(filter.ask("XCLIENT ADDR=192.0.2.7")).startsWith("220 ");
        assertThat(rcpt(filter)).startsWith("250 ");

        SmtpClient other = fixture.connect(listener).send("PROXY TCP4 203.0.113.8 127.0.0.1 4711 25\r\n");
        other.reply();
        assertThat(other.ask("EHLO filter.example")).doesNotContain("XCLIENT");
        assertThat(other.ask("XCLIENT ADDR=192.0.2.7")).startsWith("550 ");
        assertThat(rcpt(other)).startsWith("550 5.7.1 ");
    }

    /** Otherwise a front that may relay would make an open relay of us for whomever it cannot name. */
    @Test
    void anAddressThatIsNotToldIsNobodys() throws Exception {
        String fronts = "xclient-from = [\"127.0.0.1\"], relay-hosts = [\"127.0.0.1\", \"192.0.2.0/24\"]\n";
        SmtpClient client = fixture.connect(fixture.start(fronts)).hello();
        assertThat(client.ask("XCLIENT NAME=[UNAVAILABLE]")).startsWith("220 ");
        assertThat(rcpt(client)).as("no word of an address").startsWith("250 ");
        client.ask("RSET");

        assertThat(client.ask("XCLIENT ADDR=[UNAVAILABLE]")).startsWith("220 ");
        assertThat(rcpt(client)).startsWith("550 5.7.1 ");
        client.ask("RSET");
        assertThat(client.ask("XCLIENT HELO=spike.example")).startsWith("220 ");
        assertThat(rcpt(client)).as("still not told").startsWith("550 5.7.1 ");
        client.ask("RSET");
        assertThat(client.ask("XCLIENT ADDR=192.0.2.7")).startsWith("220 ");
        assertThat(rcpt(client)).startsWith("250 ");
        client.ask("RSET");
        assertThat(client.ask("XCLIENT ADDR=[TEMPUNAVAIL]")).startsWith("220 ");
        assertThat(rcpt(client)).startsWith("550 5.7.1 ");
    }

    @Test
    void aHandshakeMakesNobodyKnown() throws Exception {
        String fronts = "xclient-from = [\"127.0.0.1\"], relay-hosts = [\"127.0.0.1\"]\n";
        SmtpClient client = fixture.connect(fixture.start(fronts)).hello();
        client.ask("XCLIENT ADDR=[UNAVAILABLE]");
        client.ask("EHLO front.example");
        client.ask("STARTTLS");
        client.encrypt(fixture.authority.client(), "TLSv1.3", "relay.example.com");

        assertThat(rcpt(client)).startsWith("550 5.7.1 ");
    }

    @Test
    void limitsBehindXclientAreForTheClientToo() throws Exception {
        SmtpListener listener = fixture.start(XCLIENT + "max-connections-per-client = 1");
        SmtpClient first = fixture.connect(listener).hello();
        assertThat(first.ask("XCLIENT ADDR=192.0.2.7")).startsWith("220 ");
        SmtpClient second = fixture.connect(listener).hello();
        assertThat(second.ask("XCLIENT ADDR=192.0.2.8")).startsWith("220 ");

        SmtpClient third = fixture.connect(listener).hello();
        assertThat(third.ask("XCLIENT ADDR=192.0.2.7")).startsWith("421 4.7.0 Too many connections from your address");
        assertThat(third.reply()).isEqualTo("closed");
        assertThat(first.ask("XCLIENT ADDR=192.0.2.9")).startsWith("220 ");
        assertThat(second.ask("XCLIENT ADDR=192.0.2.7"))
                .as("free again, as the first one speaks for another")
                .startsWith("220 ");
    }

    @Test
    void listsAreForTheClientBehindXclient() throws Exception {
        SmtpListener listener = fixture.start(XCLIENT + "allow-hosts = [\"127.0.0.1\", \"192.0.2.0/24\"]");
        assertThat(fixture.connect(listener).hello().ask("XCLIENT ADDR=192.0.2.7"))
                .startsWith("220 ");

        assertThat(fixture.connect(listener).hello().ask("XCLIENT ADDR=198.51.100.7"))
                .startsWith("554 5.7.1 Access denied");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 25, 1000})
    void whatIsPipelinedBehindXclientIsForTheNewSession(int piece) throws Exception {
        SmtpClient client = fixture.connect(fixture.start(XCLIENT)).hello();
        String group = "XCLIENT ADDR=198.51.100.7\r\nXCLIENT ADDR=192.0.2.7\r\nEHLO spike.example\r\n"
                + "MAIL FROM:<a@example.org>\r\nRCPT TO:<b@there.test>\r\n";
        for (int at = 0; at < group.length(); at += piece) {
            client.send(group.substring(at, Math.min(group.length(), at + piece)));
        }

        assertThat(client.reply()).startsWith("220 ");
        assertThat(client.reply()).startsWith("220 ");
        assertThat(client.reply()).startsWith("250-relay.example.com|");
        assertThat(client.reply()).startsWith("250 2.1.0 ");
        assertThat(client.reply()).startsWith("250 2.1.5 ");
    }

    @Test
    void aFloodOfIntroductionsIsAnswered() throws Exception {
        SmtpClient client = fixture.connect(fixture.start(XCLIENT)).hello();
        int many = 3000;
        client.send("XCLIENT ADDR=192.0.2.7\r\n".repeat(many));

        for (int i = 0; i < many; i++) {
            assertThat(client.reply()).startsWith("220 ");
        }
        assertThat(client.ask("NOOP")).startsWith("250 ");
    }
}
