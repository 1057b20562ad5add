package io.postrider.cli.demo;

import io.postrider.Configuration;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletionStage;

/** What the command line needs of a running node. */
public interface StartedNode {

    /** Starts a node. */
    interface Starter {
        /** Returns when the node listens. */
        StartedNode start(Configuration configuration) throws Exception;
    }

    /** Of the first listener. */
    InetSocketAddress smtp();

    InetSocketAddress metrics();

    InetSocketAddress admin();

    /** Done when nothing of the node runs any more, by {@link #stop} or because it could not go on. */
    CompletionStage<?> stopped();

    /** Drains and stops; done as {@link #stopped}. Repeating it is harmless. */
    CompletionStage<?> stop();
}
