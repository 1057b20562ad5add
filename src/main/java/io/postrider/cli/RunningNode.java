package io.postrider.cli;

import io.postrider.Configuration;
import io.postrider.cli.demo.StartedNode;
import java.io.IOException;

/** A node as the commands see it. */
final class RunningNode implements StartedNode.Starter {

    @Override
    public StartedNode start(Configuration configuration) throws IOException {
        throw new IOException("this build holds no node");
    }
}
