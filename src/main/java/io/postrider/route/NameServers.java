package io.postrider.route;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.SimpleResolver;

/**
 * Puts a question to the servers in their order until one can answer; a truncated answer is asked for again over TCP.
 * Completes on the executor, never fails.
 */
final class NameServers {

    /** A response, or why there is none. */
    sealed interface Heard {
        record Response(Message message) implements Heard {}

        record Nothing(String reason) implements Heard {}
    }

    private final List<SimpleResolver> servers = new ArrayList<>();
    private final int tries;
    private final Executor executor;

    NameServers(DnsSettings settings, Executor executor) {
        List<InetSocketAddress> addresses =
                settings.servers().isEmpty() ? ResolverConfig.getCurrentConfig().servers() : settings.servers();
        for (InetSocketAddress address : addresses) {
            SimpleResolver server = new SimpleResolver(address);
            server.setTimeout(settings.timeout());
            servers.add(server);
        }
        this.tries = settings.attempts() * servers.size();
        this.executor = executor;
    }

    CompletionStage<Heard> ask(Question question) {
        return ask(question, 0, "no DNS server is configured");
    }

    private CompletionStage<Heard> ask(Question question, int tried, String lastReason) {
        if (tried == tries) {
            return CompletableFuture.completedFuture(new Heard.Nothing(lastReason));
        }
        SimpleResolver server = servers.get(tried % servers.size());
        return server.sendAsync(question.message(), executor)
                .handle((response, failure) -> heard(question, server, response, failure))
                .thenCompose(heard -> switch (heard) {
                    case Heard.Response response -> CompletableFuture.completedFuture(response);
                    case Heard.Nothing nothing -> ask(question, tried + 1, nothing.reason());
                });
    }

    private static Heard heard(
            Question question, SimpleResolver server, @Nullable Message response, @Nullable Throwable failure) {
        String from = " from " + server.getAddress().getAddress().getHostAddress() + ":"
                + server.getAddress().getPort();
        if (response == null) {
            return new Heard.Nothing("no answer" + from + (failure == null ? "" : " (" + reason(failure) + ")"));
        }
        boolean ours = response.getQuestion() != null
                && response.getQuestion().getName().equals(question.name())
                && response.getQuestion().getType() == question.type();
        int code = response.getRcode();
        if (!ours) {
            return new Heard.Nothing("an answer to another question" + from);
        }
        boolean useful = code == Rcode.NOERROR || code == Rcode.NXDOMAIN;
        return useful ? new Heard.Response(response) : new Heard.Nothing(Rcode.string(code) + from);
    }

    private static String reason(Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }
}
