package io.postrider.cli.demo;

import com.typesafe.config.Config;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletionStage;

/** What the demo needs of a running node. */
public interface StartedNode {

    /** Starts a node. */
    interface Starter {
        /** @param own the operator's part of the configuration; defaults are added */
        StartedNode start(Config own) throws Exception;
    }

    InetSocketAddress smtp();

    InetSocketAddress metrics();

    InetSocketAddress admin();

    /** Drains and stops. Done when nothing of the node runs any more. */
    CompletionStage<?> stop();
}
