package io.postrider.cli.sink;

import java.time.Duration;

/** What a rule does when it applies. */
public sealed interface Action {

    /** Goes on as if no later rule stood there. */
    record Accept() implements Action {}

    /** Answers this line, {@code 550 5.1.1 no such user}; the step is taken only when it is positive. */
    record Answer(String line) implements Action {}

    /** Waits, and then asks the rules behind this one. */
    record Delay(Duration duration) implements Action {}

    /** Answers 451 until so much time has passed since the pair of sender and recipient was first seen. */
    record Greylist(Duration duration) implements Action {}

    /** Closes the connection without a word; a message under way is forgotten. */
    record Drop() implements Action {}

    /** At the final dot: keeps the message and closes the connection without a word. */
    record KeepAndDrop() implements Action {}
}
