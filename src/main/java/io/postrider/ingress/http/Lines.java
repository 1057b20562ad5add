package io.postrider.ingress.http;

import java.io.ByteArrayOutputStream;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInOutHandler;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.util.ByteString;

/**
 * Cuts a stream of bytes into its lines; empty ones are passed over. A line that is too long is told as soon as it is, and
 * swallowed up to its end, and the stream goes on; one that has no end ends the stream.
 */
final class Lines extends GraphStage<FlowShape<ByteString, Lines.Line>> {

    /** @param index counts the lines that are not empty, from 0 */
    record Line(int index, byte[] bytes, boolean tooLong) {}

    private final Inlet<ByteString> in = Inlet.create("Lines.in");
    private final Outlet<Line> out = Outlet.create("Lines.out");
    private final FlowShape<ByteString, Line> shape = FlowShape.of(in, out);
    private final int longest;
    private final long patience;

    /** @param patience bytes that are swallowed behind a line that is too long */
    Lines(int longest, long patience) {
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

        private byte[] chunk = {};
        private int at;
        private ByteArrayOutputStream line = new ByteArrayOutputStream();
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
                chunk = new byte[0];
                whole(0);
                completeStage();
            }
        }

        /** The line ends here. @return whether there was something to tell */
        private boolean whole(int end) {
            boolean told = !swallowing && part(end);
            if (!told && !swallowing) {
                byte[] bytes = line.toByteArray();
                told = !isBlank(bytes);
                if (told) {
                    push(out, new Line(count++, bytes, false));
                }
            }
            line = new ByteArrayOutputStream();
            swallowing = false;
            return told;
        }

        /** The line goes on. @return whether it was told that it is too long */
        private boolean part(int end) {
            if (swallowing) {
                swallowed += end - at;
                if (swallowed > patience) {
                    completeStage();
                }
                return false;
            }
            if (line.size() + (long) (end - at) <= longest) {
                line.write(chunk, at, end - at);
                return false;
            }
            line = new ByteArrayOutputStream();
            swallowing = true;
            swallowed = 0;
            push(out, new Line(count++, line.toByteArray(), true));
            return true;
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
