package io.postrider.cli.demo;

import io.postrider.cli.sink.SinkCounts;
import java.util.ArrayList;
import java.util.List;

/**
 * The destinations of the demo, each with its kind of server.
 *
 * @param script how its sink behaves
 * @param messages how many it is sent
 * @param refused how many of these go to users whom it does not know
 * @param moral what happened there, for a newcomer
 */
record Cast(String domain, String script, int messages, int refused, String moral) {

    static final List<Cast> ALL = List.of(
            new Cast(
                    "healthy.test",
                    "",
                    240,
                    0,
                    "Took every message at the first attempt. Its mail did not wait for the others: each domain has a"
                            + " queue of its own."),
            new Cast(
                    "greylist.test",
                    "* RCPT greylist 2s",
                    40,
                    0,
                    "Greylists: it answers 451, try again later, to every first attempt. Postrider kept the mail and"
                            + " tried again."),
            new Cast(
                    "bounce.test",
                    "nobody*@ RCPT reject 5.1.1 no such user here",
                    30,
                    10,
                    "Does not know ten of the users (550). Trying again would not help, so these ended at once as"
                            + " bounced, and a report on each went back to the sender."),
            new Cast(
                    "slow.test",
                    "* DOT delay 500ms",
                    30,
                    0,
                    "Takes half a second over each message. It held up its own queue alone; the others were done"
                            + " long before it."));

    static int messagesInAll() {
        return ALL.stream().mapToInt(Cast::messages).sum();
    }

    /** All recipients, the domains mixed as in real mail. */
    static List<String> recipients() {
        List<String> recipients = new ArrayList<>();
        int longest = ALL.stream().mapToInt(Cast::messages).max().orElseThrow();
        for (int i = 0; i < longest; i++) {
            for (Cast destination : ALL) {
                if (i < destination.messages) {
                    String user = i < destination.refused ? "nobody" + i : "user" + i;
                    recipients.add(user + "@" + destination.domain);
                }
            }
        }
        return recipients;
    }

    /** Whether every message to it has reached its end, as its sink sees it. */
    boolean isDone(SinkCounts.Domain counts) {
        return counts.received() + counts.rejected() >= messages;
    }
}
