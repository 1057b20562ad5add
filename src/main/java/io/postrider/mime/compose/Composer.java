package io.postrider.mime.compose;

import io.postrider.mime.Trace;
import io.postrider.mime.compose.Composition.Fault;
import io.postrider.mime.compose.Composition.Refused;
import java.util.List;
import java.util.Optional;

/** Makes the final bytes of a message. Without state, for all threads. */
public final class Composer {

    private Composer() {}

    /**
     * The message of {@code draft}, with {@code trace} as its Received field if there is one. Never throws for what a
     * draft says. A large attachment costs its encoded size once, besides itself.
     */
    public static Composition compose(Draft draft, Optional<Trace> trace) {
        return new Refused(List.of(new Fault("", "not built yet")));
    }
}
