package io.postrider.cli.demo;

import com.typesafe.config.ConfigUtil;
import io.postrider.cli.sink.Sink;
import io.postrider.cli.sink.SinkCounts;
import io.postrider.cli.sink.SinkScript;
import io.postrider.cli.sink.SinkSettings;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The mail servers of the demo, one for each destination, and the configuration of a node that knows them. */
final class Stage implements Closeable {

    /** Whose mail it is: the injector's. */
    private static final String SENDER = "example.test";

    private final Map<Cast, Sink> sinks = new LinkedHashMap<>();
    private final Sink sender;

    private Stage(Sink sender) {
        this.sender = sender;
    }

    static Stage open() throws IOException {
        Stage stage = new Stage(Sink.start(SinkSettings.onLoopback()));
        for (Cast destination : Cast.ALL) {
            SinkScript script = SinkScript.parse(destination.script());
            stage.sinks.put(destination, Sink.start(SinkSettings.onLoopback().withScript(script)));
        }
        return stage;
    }

    SinkCounts.Domain counts(Cast destination) {
        Sink sink = sinks.get(destination);
        return sink == null ? new SinkCounts.Domain(0, 0, 0) : sink.counts().domain(destination.domain());
    }

    /** Reports that came back to the sender. */
    long reports() {
        return sender.counts().domain(SENDER).received();
    }

    /** At all servers, the sender's among them. */
    long received() {
        return reports()
                + sinks.keySet().stream().mapToLong(to -> counts(to).received()).sum();
    }

    long deferred() {
        return sinks.keySet().stream().mapToLong(to -> counts(to).deferred()).sum();
    }

    long refused() {
        return sinks.keySet().stream().mapToLong(to -> counts(to).rejected()).sum();
    }

    /** Free ports everywhere, so that it never meets a running node. */
    String configuration(Path dataDirectory) {
        StringBuilder routes = new StringBuilder();
        sinks.forEach((destination, sink) -> route(routes, destination.domain(), sink));
        route(routes, SENDER, sender);
        return """
                # A node that only talks to itself: free ports, and routes to the demo's own mail servers.
                postrider {
                  node { name = "demo", hostname = "demo.example.test" }
                  data-dir = %s
                  smtp.listeners = [{ name = "demo", bind = "127.0.0.1:0" }]
                  http.bind = "127.0.0.1:0"
                  metrics.bind = "127.0.0.1:0"
                  admin.bind = "127.0.0.1:0"
                  egress.routes {
                %s  }
                  # Real mail waits minutes between attempts; nobody wants to watch that.
                  retry { first = 2500ms, longest = 10s }
                }
                """
                .formatted(ConfigUtil.quoteString(dataDirectory.toString()), routes);
    }

    private static void route(StringBuilder routes, String domain, Sink sink) {
        routes.append("    \"").append(domain).append("\" = \"").append(sink.address());
        routes.append("\"\n");
    }

    @Override
    public void close() throws IOException {
        sender.close();
        for (Sink sink : sinks.values()) {
            sink.close();
        }
    }
}
