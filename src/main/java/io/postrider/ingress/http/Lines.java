package io.postrider.ingress.http;

import io.postrider.http.Problem;
import io.postrider.ingress.ReceiveBudget;
import java.util.Arrays;
import java.util.Optional;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInOutHandler;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.util.ByteString;

/**
 * Cuts a stream of bytes into its lines; empty ones are passed over. A line that is too long, or that finds no room while
 * its end is awaited, is told as soon as it is, and swallowed up to its end, and the stream goes on; one that has no end ends
 * the stream.
 */
final class Lines extends GraphStage<FlowShape<ByteString, Lines.Line>> {

    /**
     * One line, which no budget counts any more.
     *
     * @param index counts the lines that are not empty, from 0
     * @param refused why there are no bytes
     */
    record Line(int index, byte[] bytes, Optional<Problem> refused) {}

    private static final byte[] NOTHING = {};

    private final Inlet<ByteString> in = Inlet.create("Lines.in");
    private final Outlet<Line> out = Outlet.create("Lines.out");
    private final FlowShape<ByteString, Line> shape = FlowShape.of(in, out);
    private final ReceiveBudget budget;
    private final int longest;
    private final long patience;

    /**
     * @param budget counts what is held of a line that is not complete
     * @param patience bytes that are swallowed behind a line that is refused
     */
    Lines(ReceiveBudget budget, int longest, long patience) {
        this.budget = budget;
        this.longest = longest;
        this.patience = patience;
    }

    @Override
    public FlowShape<ByteString, Line> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    /** Cuts one line at a time, when it is asked for: a chunk of short lines would be many times its size as lines. */
    private final class Logic extends GraphStageLogic {

        private byte[] chunk = NOTHING;
        private int at;
        /** The beginning of a line whose end is in a chunk to come; the budget counts all of the array. */
        private byte[] held = NOTHING;

        private int length;
        private boolean swallowing;
        private long swallowed;
        private int count;

        Logic() {
            super(shape);
            setHandlers(in, out, new AbstractInOutHandler() {
                @Override
                public void onPush() {
                    chunk = grab(in).toArrayUnsafe();
                    at = 0;
                    next();
                }

                @Override
                public void onUpstreamFinish() {
                    if (isAvailable(out)) {
                        next();
                    }
                }

                @Override
                public void onPull() {
                    next();
                }
            });
        }

        private void next() {
            while (at < chunk.length) {
                int end = at;
                while (end < chunk.length && chunk[end] != '\n') {
                    end++;
                }
                boolean whole = end < chunk.length;
                boolean told = whole ? whole(end) : part(end);
                at = whole ? end + 1 : end;
                if (told || isClosed(out)) {
                    return;
                }
            }
            if (!isClosed(in)) {
                pull(in);
            } else {
                at = 0;
                chunk = NOTHING;
                whole(0);
                completeStage();
            }
        }

        /** The line ends here. @return whether there was something to tell */
        private boolean whole(int end) {
            boolean told = false;
            if (!swallowing) {
                byte[] bytes = length == 0 && end - at <= longest
                        ? Arrays.copyOfRange(chunk, at, end)
                        : part(end) ? NOTHING : Arrays.copyOf(held, length);
                told = swallowing;
                if (!told && !isBlank(bytes)) {
                    told = true;
                    push(out, new Line(count++, bytes, Optional.empty()));
                }
            }
            letGo();
            swallowing = false;
            return told;
        }

        /** The line goes on. @return whether it was told that it is refused */
        private boolean part(int end) {
            if (swallowing) {
                swallowed += end - at;
                if (swallowed > patience) {
                    completeStage();
                }
                return false;
            }
            if (length + (long) (end - at) > longest) {
                return refuse(Body.tooLarge(longest));
            }
            if (!grow(length + end - at)) {
                return refuse(Body.noRoom());
            }
            System.arraycopy(chunk, at, held, length, end - at);
            length += end - at;
            return false;
        }

        private boolean refuse(Problem why) {
            letGo();
            swallowing = true;
            swallowed = 0;
            push(out, new Line(count++, NOTHING, Optional.of(why)));
            return true;
        }

        /** @return whether there was room for it */
        private boolean grow(int needed) {
            if (needed <= held.length) {
                return true;
            }
            int capacity = (int) Math.max(needed, Math.min(longest, 2L * held.length));
            if (!budget.take(capacity - held.length)) {
                return false;
            }
            held = Arrays.copyOf(held, capacity);
            return true;
        }

        private void letGo() {
            budget.giveBack(held.length);
            held = NOTHING;
            length = 0;
        }

        @Override
        public void postStop() {
            letGo();
        }

        private static boolean isBlank(byte[] bytes) {
            for (byte b : bytes) {
                if (b > ' ' || b < 0) {
                    return false;
                }
            }
            return true;
        }
    }
}
