package io.postrider.mime.template;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the templates of one recipient have used up of their steps, their time and their characters. Steps end the same
 * run at the same place however busy the machine is; time is for what no step sees. Of one thread: that of the run.
 */
final class Meter {

    /** The run went past a bound. Has no stack: it is an answer, not a bug. */
    static final class Exceeded extends RuntimeException {
        Exceeded(String detail) {
            super(detail, null, false, false);
        }
    }

    private static final ThreadLocal<@Nullable Meter> CURRENT = new ThreadLocal<>();

    private final int longest;
    private final int mostSteps;
    private final LongSupplier nanoTime;
    private long leftNanos;
    private long beganNanos;
    private long held;
    private int steps;

    Meter(TemplateSettings settings, LongSupplier nanoTime) {
        this.longest = settings.longestOutput();
        this.mostSteps = settings.mostSteps();
        this.leftNanos = settings.longestRun().toNanos();
        this.nanoTime = nanoTime;
    }

    /** The engines call back without a place for a meter, on the thread of the run. */
    static Meter current() {
        Meter meter = CURRENT.get();
        if (meter == null) {
            throw new IllegalStateException("no template is being filled in by this thread");
        }
        return meter;
    }

    /** A template starts to run; those before it have used up a part of everything but the characters. */
    void begin() {
        held = 0;
        beganNanos = nanoTime.getAsLong();
        CURRENT.set(this);
    }

    void end() {
        CURRENT.remove();
        leftNanos -= nanoTime.getAsLong() - beganNanos;
    }

    /** One step more, whatever it is. */
    void step() {
        if (++steps > mostSteps) {
            throw new Exceeded("the templates take more than " + mostSteps + " steps for one recipient");
        }
        if (nanoTime.getAsLong() - beganNanos > leftNanos) {
            throw new Exceeded("the templates take too long");
        }
    }

    /** A text of this length comes into being. */
    void text(long length) {
        step();
        if (length > longest) {
            throw new Exceeded("the template makes a text of more than " + longest + " characters");
        }
    }

    /** Text that is kept aside until a block is complete; several levels of blocks may keep the same. */
    void hold(long length) {
        held += length;
        text(held / 4);
    }

    /** What may be printed, joined and compared: printing lists would call for time and room that no meter sees. */
    static void scalar(@Nullable Object value) {
        if (!isScalar(value)) {
            throw new Exceeded("a list or an object cannot be used as a text; name one of its values");
        }
    }

    static boolean isScalar(@Nullable Object value) {
        return value == null
                || value instanceof CharSequence
                || value instanceof Number
                || value instanceof Boolean
                || value instanceof Character;
    }
}
