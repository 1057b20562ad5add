package io.postrider.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Collects what is found on one topic. */
final class Remarks {

    /** A report is for a person; whoever has more than this to say has said enough. */
    private static final int MOST = 100;

    private final Topic topic;
    private final List<Remark> all = new ArrayList<>();

    Remarks(Topic topic) {
        this.topic = topic;
    }

    void ok(String found) {
        add(Mark.OK, found, Optional.empty());
    }

    void note(String found) {
        add(Mark.NOTE, found, Optional.empty());
    }

    void note(String found, String advice) {
        add(Mark.NOTE, found, Optional.of(advice));
    }

    void warn(String found, String advice) {
        add(Mark.WARN, found, Optional.of(advice));
    }

    void unknown(String found, String advice) {
        add(Mark.UNKNOWN, found, Optional.of(advice));
    }

    /** The DNS failed. */
    void unanswered(String name, String reason) {
        unknown(name + ": the DNS does not answer (" + Printable.quoted(reason) + ")", "ask again later");
    }

    void unanswered(String what) {
        unknown(what + ": the DNS does not answer", "ask again later");
    }

    void fix(String found, String advice) {
        add(Mark.FIX, found, Optional.of(advice));
    }

    List<Remark> all() {
        return List.copyOf(all);
    }

    private void add(Mark mark, String found, Optional<String> advice) {
        Remark remark = new Remark(topic, mark, found, advice);
        if (all.size() < MOST && !all.contains(remark)) {
            all.add(remark);
        }
    }
}
