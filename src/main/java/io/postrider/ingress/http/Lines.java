package io.postrider.ingress.http;

import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.Queue;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInOutHandler;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.util.ByteString;

/**
 * Cuts a stream of bytes into its lines; empty ones are passed over. A line that is too long is swallowed up to its end
 * and told as such, and the stream goes on.
 */
final class Lines extends GraphStage<FlowShape<ByteString, Lines.Line>> {

    /** @param index counts the lines that are not empty, from 0 */
    record Line(int index, byte[] bytes, boolean tooLong) {}

    private final Inlet<ByteString> in = Inlet.create("Lines.in");
    private final Outlet<Line> out = Outlet.create("Lines.out");
    private final FlowShape<ByteString, Line> shape = FlowShape.of(in, out);
    private final int longest;

    Lines(int longest) {
        this.longest = longest;
    }

    @Override
    public FlowShape<ByteString, Line> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    private final class Logic extends GraphStageLogic {

        private final Queue<Line> ready = new ArrayDeque<>();
        private ByteArrayOutputStream line = new ByteArrayOutputStream();
        private boolean tooLong;
        private int count;

        Logic() {
            super(shape);
            setHandlers(in, out, new AbstractInOutHandler() {
                @Override
                public void onPush() {
                    cut(grab(in).toArrayUnsafe());
                    next();
                }

                @Override
                public void onUpstreamFinish() {
                    end();
                    if (ready.isEmpty()) {
                        completeStage();
                    } else {
                        emitMultiple(out, ready.iterator(), () -> completeStage());
                    }
                }

                @Override
                public void onPull() {
                    next();
                }
            });
        }

        private void cut(byte[] bytes) {
            int from = 0;
            for (int i = 0; i < bytes.length; i++) {
                if (bytes[i] == '\n') {
                    append(bytes, from, i);
                    end();
                    from = i + 1;
                }
            }
            append(bytes, from, bytes.length);
        }

        private void append(byte[] bytes, int from, int to) {
            if (tooLong || line.size() + (long) (to - from) > longest) {
                tooLong = true;
                line = new ByteArrayOutputStream();
            } else {
                line.write(bytes, from, to - from);
            }
        }

        private void end() {
            byte[] bytes = line.toByteArray();
            if (tooLong || !isBlank(bytes)) {
                ready.add(new Line(count++, bytes, tooLong));
            }
            line = new ByteArrayOutputStream();
            tooLong = false;
        }

        private static boolean isBlank(byte[] bytes) {
            for (byte b : bytes) {
                if (b > ' ' || b < 0) {
                    return false;
                }
            }
            return true;
        }

        private void next() {
            Line first = ready.poll();
            if (first != null) {
                push(out, first);
            } else if (!hasBeenPulled(in) && !isClosed(in)) {
                pull(in);
            }
        }
    }
}
