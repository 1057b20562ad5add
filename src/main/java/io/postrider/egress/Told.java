package io.postrider.egress;

import io.postrider.mail.MessageId;
import io.postrider.mail.Outcome;
import io.postrider.smtp.Step;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** What a transport has to tell: its borrower what became of the messages, in batches, and the pool what the site took. */
final class Told {

    private final Transport transport;
    private final ActorRef<ToPool> pool;
    private @Nullable ActorRef<ToConnection> borrower;
    private List<Progress.Done> done = new ArrayList<>();
    private List<MessageId> notTried = new ArrayList<>(0);
    private long transactionsTold;
    private int taken;

    Told(Transport transport, ActorRef<ToPool> pool) {
        this.transport = transport;
        this.pool = pool;
    }

    void lentTo(ActorRef<ToConnection> to) {
        borrower = to;
    }

    void givenBack() {
        tellTaken();
        borrower = null;
    }

    void settled(Step.Settled settled) {
        done.add(new Progress.Done(settled.envelope(), settled.outcomes()));
        taken += anyDelivered(settled.outcomes()) ? 1 : 0;
        if (taken >= SiteLane.SUCCESSES_PER_CONNECTION) {
            tellTaken();
        }
    }

    void notTried(List<Job> jobs) {
        for (Job job : jobs) {
            notTried.add(job.envelope().message());
        }
    }

    boolean hasOutcomes() {
        return !done.isEmpty();
    }

    /** Whether a report is worth a message: something came back, or so many outcomes have gathered. */
    boolean isDue(int outcomes) {
        return !notTried.isEmpty() || done.size() >= outcomes;
    }

    /**
     * @param transactions since the conversation began
     * @param starved no permit is left
     */
    void report(long transactions, boolean starved, boolean ended) {
        ActorRef<ToConnection> to = borrower;
        if (to == null || (done.isEmpty() && notTried.isEmpty() && !starved && !ended)) {
            return;
        }
        to.tell(new Progress(transport, done, notTried, (int) (transactions - transactionsTold), starved, ended));
        transactionsTold = transactions;
        done = new ArrayList<>();
        notTried = new ArrayList<>(0);
    }

    void tellTaken() {
        if (taken > 0) {
            pool.tell(new ToPool.Took(transport, taken));
            taken = 0;
        }
    }

    private static boolean anyDelivered(List<Outcome> outcomes) {
        for (Outcome outcome : outcomes) {
            if (outcome instanceof Outcome.Delivered) {
                return true;
            }
        }
        return false;
    }
}
