package io.postrider.egress;

import io.postrider.metrics.Meters;
import io.postrider.smtp.ClientOptions;
import io.postrider.smtp.ClientSession;
import io.postrider.tls.ClientTls;
import java.time.InstantSource;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractGraphStageWithMaterializedValue;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.util.ByteString;

/**
 * Runs one {@link ClientSession} between the bytes of a socket and its borrower, in place: no actor hears of a single
 * command. The borrower gets {@link Progress} in batches, the pool what concerns the site. Whatever ends the stage, each
 * job it was given is reported once and the pool learns that it is gone.
 */
final class TransportStage
        extends AbstractGraphStageWithMaterializedValue<FlowShape<ByteString, ByteString>, Transport> {

    private final Inlet<ByteString> in = Inlet.create("Transport.in");
    private final Outlet<ByteString> out = Outlet.create("Transport.out");
    private final FlowShape<ByteString, ByteString> shape = FlowShape.of(in, out);
    private final Parts parts;

    /**
     * What one runs with.
     *
     * @param outcomesPerReport so many gather at the most before the borrower hears of them
     */
    record Parts(
            Transport transport,
            ClientOptions options,
            ClientTls tls,
            Meters meters,
            int outcomesPerReport,
            ActorRef<ToPool> pool,
            InstantSource clock) {}

    TransportStage(Parts parts) {
        this.parts = parts;
    }

    @Override
    public FlowShape<ByteString, ByteString> shape() {
        return shape;
    }

    @Override
    public Pair<GraphStageLogic, Transport> createLogicAndMaterializedValuePair(Attributes attributes) {
        return Pair.create(new TransportConversation(shape, parts), parts.transport());
    }
}
