package io.postrider.cli;

import io.postrider.Configuration;
import io.postrider.Node;
import io.postrider.cli.demo.StartedNode;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletionStage;

/** A node as the commands see it. */
record RunningNode(Node node) implements StartedNode {

    static StartedNode start(Configuration configuration) {
        return new RunningNode(Node.start(configuration));
    }

    @Override
    public InetSocketAddress smtp() {
        return node.smtp().getFirst();
    }

    @Override
    public InetSocketAddress metrics() {
        return node.metrics();
    }

    @Override
    public InetSocketAddress admin() {
        return node.admin();
    }

    @Override
    public CompletionStage<?> stopped() {
        return node.stopped();
    }

    @Override
    public CompletionStage<?> stop() {
        return node.stop();
    }
}
