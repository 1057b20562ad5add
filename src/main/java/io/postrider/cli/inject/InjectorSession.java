package io.postrider.cli.inject;

import io.postrider.cli.wire.Wire;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;

/** One session of an injector: connection after connection, until its conversation has nothing left to say. */
final class InjectorSession {

    private static final int ANSWER_WITHIN_MILLIS = 300_000;
    private static final int CONNECT_WITHIN_MILLIS = 30_000;
    private static final int FRUITLESS_CONNECTIONS = 3;
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(100);

    private final Injector run;
    private final Conversation conversation;

    InjectorSession(Injector run, Conversation conversation) {
        this.run = run;
        this.conversation = conversation;
    }

    /** Returns when no message is left. @throws IOException when nobody listens or every conversation fails */
    void run() throws InterruptedException, IOException {
        int fruitless = 0;
        while (conversation.hasMore()) {
            long before = conversation.answers();
            try (Socket socket = new Socket()) {
                socket.connect(run.injection().server(), CONNECT_WITHIN_MILLIS);
                Wire wire = new Wire(socket);
                wire.timeout(ANSWER_WITHIN_MILLIS);
                conversation.talk(wire);
            } catch (IOException lost) {
                run.tally().lostConnection();
                fruitless = conversation.answers() == before ? fruitless + 1 : 1;
                if (fruitless == FRUITLESS_CONNECTIONS && !run.injection().persist()) {
                    throw lost;
                }
                Thread.sleep(BETWEEN_ATTEMPTS);
            }
        }
    }
}
