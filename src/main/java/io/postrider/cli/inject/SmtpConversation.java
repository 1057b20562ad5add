package io.postrider.cli.inject;

import io.postrider.cli.wire.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.OptionalLong;

/**
 * Mail over SMTP. The envelope goes out as one group, and together with the final dot before it (RFC 2920 §3.1). A
 * message whose final dot was sent is never sent again, whatever became of it; one that had no final dot yet was not
 * taken by anybody and waits for the next connection.
 */
final class SmtpConversation implements Conversation {

    private static final byte[] FINAL_DOT = {'.', '\r', '\n'};

    private final Injector run;
    private final Door.Smtp door;
    private OptionalLong waiting = OptionalLong.empty();
    private boolean begun;
    private long answers;

    SmtpConversation(Injector run, Door.Smtp door) {
        this.run = run;
        this.door = door;
    }

    @Override
    public boolean hasMore() throws InterruptedException {
        if (!begun) {
            begun = true;
            waiting = run.next();
        }
        return waiting.isPresent();
    }

    @Override
    public long answers() {
        return answers;
    }

    @Override
    public void talk(Wire wire) throws IOException, InterruptedException {
        expect(readReply(wire), "220");
        greet(wire);
        int left = run.injection().perConnection() == 0
                ? Integer.MAX_VALUE
                : run.injection().perConnection();
        writeEnvelope(wire);
        while (waiting.isPresent()) {
            left--;
            send(wire, left > 0);
            if (left == 0) {
                break;
            }
        }
        wire.write("QUIT\r\n");
        try {
            readReply(wire);
        } catch (IOException closed) {
            // Every message has its answer; nobody needs the one to QUIT.
        }
    }

    private void greet(Wire wire) throws IOException {
        wire.write("EHLO inject.test\r\n");
        expect(readReply(wire), "250");
        if (door.tls().isPresent()) {
            wire.write("STARTTLS\r\n");
            expect(readReply(wire), "220");
            wire.secure(door.tls().get(), true);
            wire.write("EHLO inject.test\r\n");
            expect(readReply(wire), "250");
        }
        if (door.login().isPresent()) {
            Door.Login login = door.login().get();
            byte[] plain = ("\0" + login.user() + "\0" + login.password()).getBytes(StandardCharsets.UTF_8);
            wire.write("AUTH PLAIN " + Base64.getEncoder().encodeToString(plain) + "\r\n");
            expect(readReply(wire), "235");
        }
    }

    /** The message that waits, whose envelope is on its way, and the envelope of the next one when there is one. */
    private void send(Wire wire, boolean another) throws IOException, InterruptedException {
        long number = waiting.getAsLong();
        List<String> recipients = run.injection().recipients(number);
        String mail = readReply(wire);
        List<String> taken = new ArrayList<>(recipients.size());
        String refusal = mail;
        for (String recipient : recipients) {
            String reply = readReply(wire);
            if (reply.startsWith("2")) {
                taken.add(recipient);
            } else if (mail.startsWith("2")) {
                refusal = reply;
            }
        }
        String data = readReply(wire);
        if (!data.startsWith("3") || taken.isEmpty()) {
            if (data.startsWith("3")) {
                wire.write(FINAL_DOT);
                readReply(wire);
            }
            refused(wire, refusal.startsWith("2") ? data : refusal, another);
            return;
        }
        if (taken.size() < recipients.size()) {
            run.tally().seen(refusal);
        }
        // A failure in here leaves the message without its final dot, which still waits in the wire's buffer.
        writeContent(wire, number, recipients.get(0));
        long sentAt = System.nanoTime();
        waiting = OptionalLong.empty();
        boolean ahead = another && run.injection().perSecond() == 0;
        if (ahead) {
            waiting = run.next();
        }
        String end;
        try {
            if (ahead) {
                writeEnvelope(wire);
            }
            end = readReply(wire);
        } catch (IOException lost) {
            run.tally().unknown();
            waiting = ahead ? waiting : run.next();
            throw lost;
        }
        answers++;
        if (end.startsWith("2")) {
            run.accepted(run.message().messageId(number), taken, System.nanoTime() - sentAt);
        } else {
            run.tally().refused(end);
        }
        if (!ahead) {
            waiting = run.next();
            if (another) {
                writeEnvelope(wire);
            }
        }
    }

    private void refused(Wire wire, String reply, boolean another) throws IOException, InterruptedException {
        answers++;
        run.tally().refused(reply);
        waiting = run.next();
        if (reply.startsWith("421")) {
            throw new IOException("the server closes: " + reply);
        }
        wire.write("RSET\r\n");
        readReply(wire);
        if (another) {
            writeEnvelope(wire);
        }
    }

    private void writeEnvelope(Wire wire) throws IOException {
        if (waiting.isEmpty()) {
            return;
        }
        long number = waiting.getAsLong();
        wire.write("MAIL FROM:<" + run.injection().from() + ">\r\n");
        for (String recipient : run.injection().recipients(number)) {
            wire.write("RCPT TO:<" + recipient + ">\r\n");
        }
        wire.write("DATA\r\n");
    }

    private void writeContent(Wire wire, long number, String recipient) throws IOException {
        byte[] header = run.message().header(number, recipient);
        byte[] body = run.message().body();
        int offset = run.message().bodyOffset(header.length);
        wire.write(header);
        wire.write(body, offset, body.length - offset);
        wire.write(FINAL_DOT);
    }

    /** The last line of the next reply. Flushes first when it has to wait. */
    private static String readReply(Wire wire) throws IOException {
        String line = wire.readLine();
        while (line.length() > 3 && line.charAt(3) == '-') {
            line = wire.readLine();
        }
        return line;
    }

    private static void expect(String reply, String code) throws IOException {
        if (!reply.startsWith(code)) {
            throw new IOException("expected " + code + " from the server, but got '" + reply + "'");
        }
    }
}
