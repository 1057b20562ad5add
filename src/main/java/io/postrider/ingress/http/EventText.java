package io.postrider.ingress.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.postrider.record.FeedAnswer.Line;
import io.postrider.record.FeedAnswer.Page;
import io.postrider.record.FeedCursor;
import org.apache.pekko.util.ByteString;
import org.apache.pekko.util.ByteStringBuilder;

/** Events as bytes: the lines of the delivery log as they are, with their cursors. */
final class EventText {

    static final ByteString HEARTBEAT = ByteString.fromString(":\n\n", US_ASCII);

    private static final byte[] TYPE = "\"type\":\"".getBytes(US_ASCII);

    private final String feed;

    /** @param feed the id of the feed */
    EventText(String feed) {
        this.feed = feed;
    }

    String cursor(long number) {
        return new FeedCursor(feed, number).toString();
    }

    /** {@code {"events":[…],"next":"…","more":…}}. */
    ByteString json(Page page) {
        ByteStringBuilder out = new ByteStringBuilder();
        put(out, "{\"events\":[");
        String comma = "";
        for (Line line : page.lines()) {
            put(out, comma + "{\"cursor\":\"" + cursor(line.number()) + "\",");
            out.putBytes(line.json(), 1, line.json().length - 1);
            comma = ",";
        }
        put(out, "],\"next\":\"" + cursor(page.next()) + "\",\"more\":" + page.more() + "}");
        return out.result();
    }

    /** Each event, and at last where to go on, if what was passed over stands behind them. */
    ByteString stream(Page page) {
        ByteStringBuilder out = new ByteStringBuilder();
        long shown = 0;
        for (Line line : page.lines()) {
            put(
                    out,
                    "id: " + cursor(line.number()) + "\nevent: " + type(line.json()) + "\ndata: {\"cursor\":\""
                            + cursor(line.number()) + "\",");
            out.putBytes(line.json(), 1, line.json().length - 1);
            put(out, "\n\n");
            shown = line.number();
        }
        return shown < page.next() || shown == 0 ? out.result().concat(place(page.next())) : out.result();
    }

    /** An id without an event: the reader remembers it and shows nothing. */
    ByteString place(long number) {
        return ByteString.fromString("id: " + cursor(number) + "\n\n", US_ASCII);
    }

    /** The type stands near the start of a line, and is a plain word. */
    private static String type(byte[] json) {
        int from = indexOf(json, TYPE) + TYPE.length;
        int end = from;
        while (json[end] != '"') {
            end++;
        }
        return new String(json, from, end - from, US_ASCII);
    }

    private static int indexOf(byte[] json, byte[] word) {
        for (int i = 0; i <= json.length - word.length; i++) {
            if (matches(json, i, word)) {
                return i;
            }
        }
        throw new IllegalStateException("expected a type in every line of the delivery log");
    }

    private static boolean matches(byte[] json, int at, byte[] word) {
        for (int i = 0; i < word.length; i++) {
            if (json[at + i] != word[i]) {
                return false;
            }
        }
        return true;
    }

    private static void put(ByteStringBuilder out, String ascii) {
        out.putBytes(ascii.getBytes(US_ASCII));
    }
}
