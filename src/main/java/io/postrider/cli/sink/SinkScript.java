package io.postrider.cli.sink;

import io.postrider.cli.sink.Rule.Share;
import io.postrider.cli.sink.Rule.Who;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How a sink misbehaves: one rule a line, {@code WHO STAGE [SHARE] ACTION}, the first that applies is obeyed; see
 * {@link #HELP}. Rules count their matches, so a script belongs to one sink.
 */
public final class SinkScript {

    public static final String HELP =
            """
            A script has one rule a line: WHO STAGE [SHARE] ACTION. The first rule that
            applies is obeyed; what no rule speaks of is accepted. # starts a comment.

            WHO     *  everybody | example.test | *.example.test (and example.test)
                    user@ | user@example.test | user*@ (local parts that start so)
            STAGE   CONNECT  EHLO  MAIL (there WHO must be *)
                    RCPT  DATA  BODY (some of it has come)  DOT (all of it has come)
            SHARE   first=N | after=N (the first N matches, or all but those)
                    percent=N (that share of the matches, the same in every run)
            ACTION  reject [TEXT]         550 5.7.1
                    defer [TEXT]          451 4.3.0
                    reply CODE TEXT       any reply, such as 452 4.2.2 mailbox full
                    greylist DURATION     at RCPT: 451 until so long after the first attempt
                    delay DURATION        waits, then asks the next rules (500ms, 2s, 1m)
                    drop                  closes the connection without a word
                    keep-and-drop         at DOT: keeps the message, then drops
                    accept                an exception to later rules

            Example:
              grey.test      RCPT              greylist 5s
              full.test      RCPT  first=3     reply 452 4.2.2 mailbox full
              nobody*@       RCPT              reject 5.1.1 no such user
              slow.test      DOT               delay 300ms
              *              DOT   percent=1   drop
            """;

    private static final Action ACCEPT = new Action.Accept();

    private final List<Rule> rules;

    private SinkScript(List<Rule> rules) {
        this.rules = List.copyOf(rules);
    }

    /** Accepts everything. */
    public static SinkScript friendly() {
        return new SinkScript(List.of());
    }

    /** @throws IllegalArgumentException with the line's number and what was expected there */
    public static SinkScript parse(String text) {
        List<Rule> rules = new ArrayList<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            int comment = line.indexOf('#');
            String rule = (comment < 0 ? line : line.substring(0, comment)).strip();
            if (rule.isEmpty()) {
                continue;
            }
            try {
                rules.add(rule(new ArrayList<>(Arrays.asList(rule.split("\\s+")))));
            } catch (IllegalArgumentException wrong) {
                throw new IllegalArgumentException("line " + number + ": " + wrong.getMessage(), wrong);
            }
        }
        return new SinkScript(rules);
    }

    /** What to do at this stage; the delays on the way there have been waited for. */
    Action at(Stage stage, List<String> recipients) throws InterruptedException {
        for (Rule rule : rules) {
            if (rule.stage() != stage || !rule.applies(recipients)) {
                continue;
            }
            if (rule.action() instanceof Action.Delay delay) {
                Thread.sleep(delay.duration());
                continue;
            }
            return rule.action();
        }
        return ACCEPT;
    }

    /** Whether any rule speaks of this stage. */
    boolean speaksOf(Stage stage) {
        for (Rule rule : rules) {
            if (rule.stage() == stage) {
                return true;
            }
        }
        return false;
    }

    private static Rule rule(List<String> words) {
        expect(words.size() >= 3, "expected WHO STAGE [SHARE] ACTION, but got only " + words.size() + " words");
        Who who = who(words.remove(0).toLowerCase(Locale.ROOT));
        Stage stage = stage(words.remove(0));
        expect(
                who.isEverybody() || stage.knowsRecipients(),
                "at " + stage + " no recipient is known yet: expected * as WHO");
        Share share = words.get(0).indexOf('=') > 0 ? share(words.remove(0)) : new Share.All();
        expect(!words.isEmpty(), "expected an action at the end");
        return new Rule(who, stage, share, action(stage, words));
    }

    private static Who who(String word) {
        if (word.equals("*")) {
            return Who.ALL;
        }
        int at = word.lastIndexOf('@');
        String local = at < 0 ? "*" : word.substring(0, at);
        String domain = word.substring(at + 1);
        boolean localIsPrefix = local.endsWith("*");
        boolean withSubdomains = domain.startsWith("*.");
        return new Who(
                localIsPrefix ? local.substring(0, local.length() - 1) : local,
                localIsPrefix,
                withSubdomains ? domain.substring(2) : domain,
                withSubdomains);
    }

    private static Stage stage(String word) {
        for (Stage stage : Stage.values()) {
            if (stage.name().equalsIgnoreCase(word)) {
                return stage;
            }
        }
        throw new IllegalArgumentException(
                "expected one of the stages " + Arrays.toString(Stage.values()) + ", but got '" + word + "'");
    }

    private static Share share(String word) {
        int equals = word.indexOf('=');
        int number = number(word.substring(equals + 1));
        return switch (word.substring(0, equals)) {
            case "first" -> new Share.First(number);
            case "after" -> new Share.After(number);
            case "percent" -> new Share.Percent(number);
            default ->
                throw new IllegalArgumentException("expected first=N, after=N or percent=N, but got '" + word + "'");
        };
    }

    private static Action action(Stage stage, List<String> words) {
        String name = words.remove(0);
        String text = String.join(" ", words);
        return switch (name) {
            case "accept" -> new Action.Accept();
            case "reject" -> new Action.Answer(answer("550", "5.7.1", text.isEmpty() ? "rejected" : text));
            case "defer" -> new Action.Answer(answer("451", "4.3.0", text.isEmpty() ? "try again later" : text));
            case "reply" -> new Action.Answer(reply(text));
            case "delay" -> new Action.Delay(duration(text));
            case "drop" -> new Action.Drop();
            case "greylist" -> {
                expect(stage == Stage.RCPT, "greylist works at RCPT, not at " + stage);
                yield new Action.Greylist(duration(text));
            }
            case "keep-and-drop" -> {
                expect(stage == Stage.DOT, "keep-and-drop works at DOT, not at " + stage);
                yield new Action.KeepAndDrop();
            }
            default ->
                throw new IllegalArgumentException(
                        "expected accept, reject, defer, reply, greylist, delay, drop or keep-and-drop, but got '"
                                + name + "'");
        };
    }

    /** The text may bring its own enhanced code. */
    private static String answer(String code, String enhanced, String text) {
        boolean hasOwn = text.length() > 2 && text.charAt(0) == enhanced.charAt(0) && text.charAt(1) == '.';
        return code + " " + (hasOwn ? "" : enhanced + " ") + text;
    }

    private static String reply(String text) {
        boolean fits = text.length() >= 3
                && text.charAt(0) >= '2'
                && text.charAt(0) <= '5'
                && Character.isDigit(text.charAt(1))
                && Character.isDigit(text.charAt(2))
                && (text.length() == 3 || text.charAt(3) == ' ');
        expect(fits, "expected a reply such as 452 4.2.2 mailbox full, but got '" + text + "'");
        return text;
    }

    /** {@code 500ms}, {@code 2s}, {@code 1m}. */
    private static Duration duration(String text) {
        if (text.endsWith("ms")) {
            return Duration.ofMillis(number(text.substring(0, text.length() - 2)));
        }
        if (text.endsWith("s")) {
            return Duration.ofSeconds(number(text.substring(0, text.length() - 1)));
        }
        if (text.endsWith("m")) {
            return Duration.ofMinutes(number(text.substring(0, text.length() - 1)));
        }
        throw new IllegalArgumentException("expected a duration such as 500ms, 2s or 1m, but got '" + text + "'");
    }

    private static int number(String text) {
        try {
            int number = Integer.parseInt(text);
            expect(number >= 0, "expected a number from 0, but got " + number);
            return number;
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException("expected a whole number, but got '" + text + "'", notANumber);
        }
    }

    private static void expect(boolean fits, String otherwise) {
        if (!fits) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
