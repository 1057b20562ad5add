package io.postrider.cli.inject;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.postrider.cli.wire.Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The requests of one session, put together from bytes that are made once. */
final class HttpRequests {

    private static final byte[] BATCH = utf8("{\"messages\":[");
    private static final byte[] END_OF_BATCH = utf8("]}");

    private final Injector run;
    private final Door.Http door;
    private final byte[] head;
    private final byte[] from;
    private final byte[] text;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    HttpRequests(Injector run, Door.Http door) {
        this.run = run;
        this.door = door;
        boolean batch = door.batch() > 1;
        this.head = utf8("POST " + (batch ? "/v1/message/batch" : "/v1/message") + " HTTP/1.1\r\nHost: "
                + run.injection().server().getHostString() + ':'
                + run.injection().server().getPort()
                + door.key().map(key -> "\r\nAuthorization: Bearer " + key).orElse("")
                + "\r\nContent-Type: " + (batch && door.lines() ? "application/x-ndjson" : "application/json"));
        this.from = utf8("{\"from\":" + quoted(run.injection().from()) + ",\"to\":");
        this.text = utf8(",\"text\":" + quoted(run.message().text()));
    }

    void write(Wire wire, List<Long> numbers) throws IOException {
        body.reset();
        boolean single = door.batch() == 1;
        boolean array = !single && !door.lines();
        if (array) {
            body.writeBytes(BATCH);
        }
        for (int i = 0; i < numbers.size(); i++) {
            if (array && i > 0) {
                body.write(',');
            }
            message(numbers.get(i), !single && door.again());
            if (!single && door.lines()) {
                body.write('\n');
            }
        }
        if (array) {
            body.writeBytes(END_OF_BATCH);
        }
        wire.write(head);
        if (single && door.again()) {
            wire.write("\r\nIdempotency-Key: " + key(numbers.get(0)));
        }
        wire.write("\r\nContent-Length: " + body.size() + "\r\n\r\n");
        wire.write(body.toByteArray());
    }

    private void message(long number, boolean withKey) {
        body.writeBytes(from);
        List<String> recipients = run.injection().recipients(number);
        if (recipients.size() == 1) {
            body.writeBytes(utf8(quoted(recipients.get(0))));
        } else {
            char before = '[';
            for (String recipient : recipients) {
                body.write(before);
                body.writeBytes(utf8(quoted(recipient)));
                before = ',';
            }
            body.write(']');
        }
        body.writeBytes(utf8(",\"subject\":\"Sample " + number + '"'));
        if (withKey) {
            body.writeBytes(utf8(",\"idempotency_key\":\"" + key(number) + '"'));
        }
        body.writeBytes(text);
        body.write('}');
    }

    private String key(long number) {
        return run.message().messageId(number);
    }

    private static String quoted(String value) {
        return '"' + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(value)) + '"';
    }

    private static byte[] utf8(String value) {
        return value.getBytes(StandardCharsets.UTF_8);
    }
}
