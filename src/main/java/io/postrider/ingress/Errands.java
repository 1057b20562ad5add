package io.postrider.ingress;

import io.postrider.mail.Reply;
import io.postrider.smtp.AuthVerdict;
import io.postrider.smtp.ReceivedMessage;
import io.postrider.smtp.sasl.Claim;
import java.time.Duration;
import java.util.function.Consumer;
import org.apache.pekko.stream.stage.AsyncCallback;

/** What one conversation waits for before it reads on: the verdict on a message, or on a claim. Confined to its stage. */
final class Errands {

    /** The stage that runs the conversation. */
    interface Stage {

        /** In the stage again, wherever it is called. */
        <T> AsyncCallback<T> here(Consumer<T> action);

        /** Has {@link #due} called with the key. */
        void after(Duration time, Object key);

        void settled(Reply verdict);

        void authenticated(AuthVerdict verdict);
    }

    /** When to look whether something is due. */
    enum Due {
        VERDICT,
        REFUSAL
    }

    private static final Verdict FAILED =
            new Verdict.Refused(Verdict.Why.FAILED, "The message could not be stored, try again later");
    private static final Reply LATE =
            Reply.of(451, "4.3.0", "The message could not be stored in time, try again later");

    /** What intake says of the message with this number in its session. */
    private record Judged(int of, int recipients, Verdict verdict) {}

    private final SmtpListener listener;
    private final SmtpService service;
    private final String sessionId;
    private final ConnectionHost host;
    private final Stage stage;
    private final AsyncCallback<Judged> verdicts;
    private final AsyncCallback<AuthVerdict> claims;
    private boolean judging;
    private boolean claiming;
    private boolean looking;
    private int judged;
    private long judgedAt;

    Errands(SmtpListener listener, String sessionId, ConnectionHost host, Stage stage) {
        this.listener = listener;
        this.service = listener.service();
        this.sessionId = sessionId;
        this.host = host;
        this.stage = stage;
        this.verdicts = stage.here(this::onVerdict);
        this.claims = stage.here(this::onClaim);
    }

    /** Something is waited for. */
    boolean isOut() {
        return judging || claiming;
    }

    void judge(ReceivedMessage message) {
        judging = true;
        judgedAt = service.ticker().getAsLong();
        int number = ++judged;
        int recipients = message.recipients().size();
        if (!looking) {
            lookIn(listener.settings().verdictTimeout());
        }
        Submission submission = Submission.overSmtp(
                listener.settings(),
                sessionId,
                host.client(),
                host.helo().map(message::withHelo).orElse(message));
        service.intake()
                .accept(submission)
                .whenComplete((verdict, failure) ->
                        verdicts.invoke(new Judged(number, recipients, failure == null ? verdict : FAILED)));
    }

    private void lookIn(Duration time) {
        looking = true;
        stage.after(time, Due.VERDICT);
    }

    private void onVerdict(Judged message) {
        if (message.verdict() instanceof Verdict.Accepted) {
            service.meters().accepted(message.recipients(), service.ticker().getAsLong() - judgedAt);
        }
        if (judging && message.of() == judged) {
            judging = false;
            stage.settled(SmtpVerdicts.reply(message.verdict()));
        }
    }

    void due(Due due) {
        switch (due) {
            case VERDICT -> lookAtVerdict();
            case REFUSAL -> claimed(new AuthVerdict.Refused());
        }
    }

    /**
     * The storage has not answered in time. Nobody can call the message back: it may still be taken, and then the
     * client, told to try again, makes two of it. That is the lesser evil beside a client that waits for ever.
     */
    private void lookAtVerdict() {
        looking = false;
        if (!judging) {
            return;
        }
        Duration waited = Duration.ofNanos(service.ticker().getAsLong() - judgedAt);
        Duration left = listener.settings().verdictTimeout().minus(waited);
        if (left.isPositive()) {
            lookIn(left);
        } else {
            judging = false;
            stage.settled(LATE);
        }
    }

    void decide(Claim claim) {
        claiming = true;
        listener.door()
                .orElseThrow()
                .decide(claim, listener.settings().name(), sessionId, host.client())
                .whenComplete((verdict, never) -> claims.invoke(verdict));
    }

    /** A wrong claim costs its maker time and us nothing. */
    private void onClaim(AuthVerdict verdict) {
        if (verdict instanceof AuthVerdict.Refused) {
            stage.after(listener.door().orElseThrow().settings().failureDelay(), Due.REFUSAL);
        } else {
            claimed(verdict);
        }
    }

    private void claimed(AuthVerdict verdict) {
        if (claiming) {
            claiming = false;
            stage.authenticated(verdict);
        }
    }
}
