package io.postrider.cli.inject;

import io.postrider.cli.wire.Wire;
import java.io.IOException;

/** What one session says on its connections. Belongs to one thread. */
interface Conversation {

    /** Whether there is something to send; waits until it is due. */
    boolean hasMore() throws InterruptedException;

    /** Sends as many messages as one connection may carry. @throws IOException when the connection is of no more use */
    void talk(Wire wire) throws IOException, InterruptedException;

    /** How many answers decided over messages so far. */
    long answers();
}
