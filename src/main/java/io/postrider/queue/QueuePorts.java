package io.postrider.queue;

import io.postrider.journal.EventReader;
import io.postrider.record.RecorderProtocol;
import io.postrider.spool.Spool;
import io.postrider.spool.WakeIndex;
import java.time.InstantSource;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * What every queue of the node works with.
 *
 * @param recorder gets every event once it is persisted
 * @param reporter makes the reports that queues owe
 * @param clock the wall clock
 * @param nanos a monotonic clock
 * @param afterCleanStop the process before stopped in order, or there was none: its last transactions are known
 * @param random from 0 to 1, for the jitter
 */
public record QueuePorts(
        Spool spool,
        WakeIndex wakeIndex,
        EventReader journal,
        Reporter reporter,
        ActorRef<RecorderProtocol.Persisted> recorder,
        Connections connections,
        QueueBoard board,
        QueueSettings settings,
        boolean afterCleanStop,
        InstantSource clock,
        LongSupplier nanos,
        DoubleSupplier random) {}
