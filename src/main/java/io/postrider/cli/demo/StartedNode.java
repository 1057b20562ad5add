package io.postrider.cli.demo;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.CompletionStage;

/** What the demo needs of a running node. */
public interface StartedNode {

    /** Starts a node. */
    interface Starter {
        /** @param configuration the operator's file */
        StartedNode start(Path configuration) throws Exception;
    }

    InetSocketAddress smtp();

    InetSocketAddress metrics();

    InetSocketAddress admin();

    /** Drains and stops. Done when nothing of the node runs any more. */
    CompletionStage<?> stop();
}
