package io.postrider.smtp;

import io.postrider.mail.Reply;

/** What a session says, and when it has said enough. */
final class Speech {

    private final ReplyBuffer replies = new ReplyBuffer();
    private final Patience patience;
    private long commands;

    Speech(ServerTerms terms) {
        this.patience = new Patience(terms);
    }

    Patience patience() {
        return patience;
    }

    long commands() {
        return commands;
    }

    byte[] take() {
        return replies.take();
    }

    /** What answers no command. */
    void add(Canned reply) {
        replies.add(reply.bytes());
    }

    /** @return whether it ends the session: 421 does (RFC 5321 §3.8), and one refusal too many */
    boolean say(Reply reply, byte[] bytes) {
        commands++;
        replies.add(bytes);
        if (reply.code() == 421) {
            return true;
        }
        if (patience.endsWith(reply)) {
            add(ServerReplies.TOO_MANY_ERRORS);
            return true;
        }
        return false;
    }

    /** The same for a command that brings no mail. */
    boolean idle(Canned reply) {
        if (say(reply.reply(), reply.bytes())) {
            return true;
        }
        if (patience.endsIdle()) {
            add(ServerReplies.TOO_MANY_IDLE_COMMANDS);
            return true;
        }
        return false;
    }
}
