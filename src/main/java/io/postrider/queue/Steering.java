package io.postrider.queue;

import io.postrider.event.QueueEvent.CancelRequested;
import io.postrider.event.QueueEvent.Resumed;
import io.postrider.event.QueueEvent.RetriedNow;
import io.postrider.event.QueueEvent.Selector;
import io.postrider.event.QueueEvent.Suspended;
import io.postrider.queue.QueueCommand.Cancel;
import io.postrider.queue.QueueCommand.CancelMessages;
import io.postrider.queue.QueueCommand.CancelledMessages;
import io.postrider.queue.QueueCommand.Matched;
import io.postrider.queue.QueueCommand.Resume;
import io.postrider.queue.QueueCommand.RetryNow;
import io.postrider.queue.QueueCommand.Suspend;
import org.apache.pekko.actor.typed.ActorRef;

/** What operators ask of a queue. Each question is answered with how much it concerns, once what it brings is durable. */
final class Steering {

    private final QueueState state;
    private final Decisions decisions;
    private final Traffic traffic;

    Steering(QueueState state, Decisions decisions, Traffic traffic) {
        this.state = state;
        this.decisions = decisions;
        this.traffic = traffic;
    }

    void suspend(Step step, Suspend suspend) {
        answer(step, suspend.selector(), suspend.replyTo());
        if (!suspend.dryRun()) {
            step.suspensionsChanged = true;
            step.others.add(new Suspended(suspend.selector(), suspend.reason(), suspend.until(), step.now));
        }
    }

    void resume(Step step, Resume resume) {
        answer(step, resume.selector(), resume.replyTo());
        if (!resume.dryRun()) {
            step.suspensionsChanged = true;
            step.others.add(new Resumed(resume.selector(), resume.reason(), step.now));
        }
    }

    void retryNow(Step step, RetryNow retry) {
        answer(step, retry.selector(), retry.replyTo());
        if (!retry.dryRun()) {
            step.afterwards.add(traffic::recovered);
            step.others.add(new RetriedNow(retry.selector(), retry.reason(), step.now));
        }
    }

    void cancel(Step step, Cancel cancel) {
        answer(step, cancel.selector(), cancel.replyTo());
        if (!cancel.dryRun()) {
            step.others.add(new CancelRequested(state.nextCancel, cancel.selector(), cancel.reason(), step.now));
        }
    }

    void cancel(Step step, CancelMessages cancel) {
        CancelledMessages cancelled = decisions.cancel(step, cancel.ids(), cancel.reason());
        step.afterwards.add(() -> cancel.replyTo().tell(cancelled));
    }

    private void answer(Step step, Selector selector, ActorRef<Matched> replyTo) {
        Matched matched = decisions.count(selector);
        step.afterwards.add(() -> replyTo.tell(matched));
    }
}
