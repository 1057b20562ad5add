package io.postrider.route;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.SimpleResolver;

/**
 * Puts a question to the servers in their order until one can answer; a truncated answer is asked for again over TCP.
 * Says of each response whether DNSSEC proves it: by the word of the server, or by our own {@link Validator}. Completes
 * on the executor, never fails.
 */
final class NameServers {

    /** A response, or why there is none. */
    sealed interface Heard {

        /**
         * @param secure DNSSEC proves all of it
         * @param holds how long its signatures do, at most
         */
        record Response(Message message, boolean secure, Duration holds) implements Heard {}

        /** @param bogus there was a response, but its signatures are wrong or missing */
        record Nothing(String reason, boolean bogus) implements Heard {}
    }

    static final Duration WITHOUT_END = Duration.ofDays(10_000);

    /** What no network breaks into fragments, for these get lost and can be forged. */
    private static final int LARGEST_OVER_UDP = 1232;

    private static final int NO_FLAG = -1;

    private final List<SimpleResolver> servers = new ArrayList<>();
    private final int tries;
    private final Executor executor;
    private final DaneSettings.Dnssec dnssec;
    private final Optional<Validator> validator;

    NameServers(DnsSettings settings, DaneSettings dane, Executor executor, InstantSource clock) {
        for (InetSocketAddress address : settings.serversInUse()) {
            SimpleResolver server = new SimpleResolver(address);
            server.setTimeout(settings.timeout());
            if (dane.dnssec() != DaneSettings.Dnssec.OFF) {
                server.setEDNS(0, LARGEST_OVER_UDP, ExtendedFlags.DO, List.of());
            }
            servers.add(server);
        }
        this.tries = settings.attempts() * servers.size();
        this.executor = executor;
        this.dnssec = dane.dnssec();
        this.validator = dnssec == DaneSettings.Dnssec.VALIDATE
                ? Optional.of(new Validator(this, dane, executor, clock))
                : Optional.empty();
    }

    /** Without DNSSEC. */
    NameServers(DnsSettings settings, Executor executor) {
        // Nobody looks at this clock.
        this(settings, DaneSettings.OFF, executor, InstantSource.fixed(Instant.EPOCH));
    }

    CompletionStage<Heard> ask(Question question) {
        if (!question.checked()) {
            return relay(question, NO_FLAG);
        }
        return switch (dnssec) {
            case OFF -> relay(question, NO_FLAG);
            case RESOLVER -> relay(question, Flags.AD);
            case VALIDATE -> validator.orElseThrow().ask(question);
        };
    }

    /** The servers' word; with CD (RFC 4035 §3.2.2) also of what they cannot validate themselves. */
    CompletionStage<Heard> unvalidated(Question question) {
        return relay(question, Flags.CD);
    }

    /** @param flag of the question; AD asks for the server's word on it (RFC 6840 §5.7) */
    private CompletionStage<Heard> relay(Question question, int flag) {
        return ask(question, flag, 0, new Heard.Nothing("no DNS server is configured", false));
    }

    private CompletionStage<Heard> ask(Question question, int flag, int tried, Heard.Nothing last) {
        if (tried == tries) {
            return CompletableFuture.completedFuture(last);
        }
        SimpleResolver server = servers.get(tried % servers.size());
        Message message = question.message();
        if (flag != NO_FLAG) {
            message.getHeader().setFlag(flag);
        }
        return server.sendAsync(message, executor)
                .handle((response, failure) -> heard(question, flag, server, response, failure))
                .thenCompose(heard -> switch (heard) {
                    case Heard.Response response -> CompletableFuture.completedFuture(response);
                    case Heard.Nothing nothing -> ask(question, flag, tried + 1, nothing);
                });
    }

    private static Heard heard(
            Question question,
            int flag,
            SimpleResolver server,
            @Nullable Message response,
            @Nullable Throwable failure) {
        String from = " from " + server.getAddress().getAddress().getHostAddress() + ":"
                + server.getAddress().getPort();
        if (response == null) {
            return nothing("no answer" + from + (failure == null ? "" : " (" + reason(failure) + ")"));
        }
        boolean ours = response.getQuestion() != null
                && response.getQuestion().getName().equals(question.name())
                && response.getQuestion().getType() == question.type();
        int code = response.getRcode();
        if (!ours) {
            return nothing("an answer to another question" + from);
        }
        boolean useful = code == Rcode.NOERROR || code == Rcode.NXDOMAIN;
        boolean secure = flag == Flags.AD && response.getHeader().getFlag(Flags.AD);
        return useful ? new Heard.Response(response, secure, WITHOUT_END) : nothing(Rcode.string(code) + from);
    }

    private static Heard nothing(String reason) {
        return new Heard.Nothing(reason, false);
    }

    private static String reason(Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }
}
