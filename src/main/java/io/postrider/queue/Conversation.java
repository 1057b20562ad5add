package io.postrider.queue;

import io.postrider.egress.FromConnection;
import io.postrider.egress.ToConnection;
import io.postrider.event.QueueEvent;
import io.postrider.event.QueueEvent.Kind;
import io.postrider.mail.MessageId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a queue makes of what its connections say. Words of a connection that is gone change nothing. */
final class Conversation {

    private final Traffic traffic;
    private final Decisions decisions;
    private final QueueReport report;

    Conversation(Traffic traffic, Decisions decisions, QueueReport report) {
        this.traffic = traffic;
        this.decisions = decisions;
        this.report = report;
    }

    void on(Step step, FromConnection message) {
        Optional<Link> known = traffic.link(message.connection());
        switch (message) {
            case FromConnection.Pull pull -> step.afterwards.add(() -> traffic.pull(pull));
            case FromConnection.Outcomes outcomes -> known.ifPresent(link -> onOutcomes(step, link, outcomes));
            case FromConnection.GaveBack gaveBack -> step.afterwards.add(() -> traffic.giveBack(gaveBack));
            case FromConnection.HeldBack heldBack -> step.afterwards.add(() -> traffic.holdBack(heldBack));
            case FromConnection.AllHostsFailed failed ->
                known.ifPresent(link -> {
                    decisions.allHostsFailed(step, traffic.isProbe(link), failed.reply());
                    report.replied(step.now, failed.reply(), link.mx);
                });
            case FromConnection.Connected connected ->
                known.ifPresent(link -> {
                    link.reachedServer = true;
                    link.site = connected.site();
                    link.mx = connected.mx();
                    link.ip = connected.ip();
                    serverAnswered(step, link);
                });
            case FromConnection.Waiting waiting ->
                known.ifPresent(link -> {
                    link.doing = waiting.what();
                    link.site = waiting.site();
                });
            case FromConnection.Leaving leaving -> step.afterwards.add(() -> traffic.leave(leaving));
        }
    }

    /** A server that answers those who do not ask for TLS may still fail the others. */
    private void serverAnswered(Step step, Link link) {
        if (!link.track.tlsOptional()) {
            decisions.serverAnswered(step);
        }
    }

    private void onOutcomes(Step step, Link link, FromConnection.Outcomes message) {
        List<MessageId> ids = new ArrayList<>(message.outcomes().size());
        boolean delivered = false;
        for (FromConnection.MessageOutcome outcome : message.outcomes()) {
            ids.add(outcome.id());
            if (!link.onWire.contains(outcome.id())) {
                continue;
            }
            decisions.outcome(step, outcome);
            if (outcome.via().isPresent()) {
                link.reachedServer = true;
                serverAnswered(step, link);
            }
            for (QueueEvent.Result result : outcome.results()) {
                delivered |= result.kind() == Kind.DELIVERED;
                if (result.kind() != Kind.DELIVERED) {
                    report.replied(step.now, result.reply(), link.mx);
                }
            }
        }
        boolean success = delivered;
        step.afterwards.add(() -> {
            traffic.ended(link, ids);
            if (success) {
                traffic.succeeded();
            }
            link.ref.tell(new ToConnection.Recorded(ids.size()));
        });
    }
}
