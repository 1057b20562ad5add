package io.postrider.cli.sink;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** One line of a {@link SinkScript}. Counts how often it matched, so a script belongs to one sink. */
final class Rule {

    private final Who who;
    private final Stage stage;
    private final Action action;
    private final Share share;
    private final AtomicLong matches = new AtomicLong();

    Rule(Who who, Stage stage, Share share, Action action) {
        this.who = who;
        this.stage = stage;
        this.share = share;
        this.action = action;
    }

    /** Which of the matches the rule acts on; the first is number 1. */
    sealed interface Share {
        boolean takes(long number);

        record All() implements Share {
            @Override
            public boolean takes(long number) {
                return true;
            }
        }

        record First(long count) implements Share {
            @Override
            public boolean takes(long number) {
                return number <= count;
            }
        }

        record After(long count) implements Share {
            @Override
            public boolean takes(long number) {
                return number > count;
            }
        }

        /** Spread evenly, the same ones in every run. */
        record Percent(int percent) implements Share {
            @Override
            public boolean takes(long number) {
                return number * percent / 100 > (number - 1) * percent / 100;
            }
        }
    }

    /** Whose mail a rule speaks of, in lower case; empty parts mean everybody. */
    record Who(String local, boolean localIsPrefix, String domain, boolean withSubdomains) {

        static final Who ALL = new Who("", true, "", false);

        boolean isEverybody() {
            return equals(ALL);
        }

        boolean matches(String address) {
            int at = address.lastIndexOf('@');
            String itsLocal = at < 0 ? address : address.substring(0, at);
            String itsDomain = address.substring(at + 1);
            boolean localFits = localIsPrefix ? itsLocal.startsWith(local) : itsLocal.equals(local);
            boolean domainFits = domain.isEmpty()
                    || itsDomain.equals(domain)
                    || (withSubdomains
                            && itsDomain.endsWith(domain)
                            && itsDomain.charAt(itsDomain.length() - domain.length() - 1) == '.');
            return localFits && domainFits;
        }
    }

    Action action() {
        return action;
    }

    Stage stage() {
        return stage;
    }

    /** Whether the rule acts now; {@code recipients} are in lower case and any one of them may match. */
    boolean applies(List<String> recipients) {
        return matches(recipients) && share.takes(matches.incrementAndGet());
    }

    private boolean matches(List<String> recipients) {
        if (who.isEverybody()) {
            return true;
        }
        for (String recipient : recipients) {
            if (who.matches(recipient)) {
                return true;
            }
        }
        return false;
    }
}
