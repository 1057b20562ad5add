package io.postrider.egress;

import io.postrider.egress.EgressSettings.PipelineNext;
import io.postrider.egress.Transport.Way;
import io.postrider.metrics.Meters;
import io.postrider.smtp.ClientOptions;
import io.postrider.smtp.ClientOptions.Encrypt;
import io.postrider.smtp.Credentials;
import io.postrider.tls.ClientTls;
import io.postrider.tls.Protection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.io.Inet;
import org.apache.pekko.io.TcpSO;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Tcp;

/** Opens transports: a socket joined with the stage that runs its conversation. */
final class Opener {

    private static final Iterable<Inet.SocketOption> OPTIONS = List.of(TcpSO.tcpNoDelay(true));

    private final ActorSystem<?> system;
    private final Materializer materializer;
    private final EgressSettings settings;
    private final ClientTls tls;
    private final Meters meters;
    private final InstantSource clock;

    Opener(ActorSystem<?> system, EgressSettings settings, ClientTls tls, Meters meters, InstantSource clock) {
        this.system = system;
        this.settings = settings;
        this.tls = tls;
        this.meters = meters;
        this.clock = clock;
        materializer = Materializer.createMaterializer(system);
    }

    /** Starts to connect; {@code pool} hears how it goes. */
    Transport open(Way way, SiteLimits limits, ActorRef<ToPool> pool) {
        Optional<InetAddress> bind = way.source().bindFor(way.address().getAddress());
        Transport transport = new Transport(way, limits.messagesPerConnection());
        ClientOptions options = new ClientOptions(
                way.source().ehlo(),
                pipelinesNext(way),
                limits.messagesPerConnection(),
                settings.timeouts(),
                encrypts(way),
                way.protection().login().map(login -> new Credentials(login.user(), tls.password(login))));
        TransportStage stage = new TransportStage(new TransportStage.Parts(
                transport, options, tls, meters, Math.max(1, settings.window() / 4), pool, clock));
        return Tcp.get(system)
                .outgoingConnection(
                        way.address(),
                        bind.map(address -> new InetSocketAddress(address, 0)),
                        OPTIONS,
                        false,
                        Optional.of(settings.connectTimeout()),
                        Optional.<Duration>empty())
                .joinMat(org.apache.pekko.stream.javadsl.Flow.fromGraph(stage), Keep.right())
                .run(materializer);
    }

    private static Encrypt encrypts(Way way) {
        Protection protection = way.protection();
        if (way.clear() || protection.policy() == Protection.Policy.NONE) {
            return Encrypt.NEVER;
        }
        if (protection.policy().demandsTls()) {
            return Encrypt.ALWAYS;
        }
        return protection.fallsBack() ? Encrypt.MAY : Encrypt.WHERE_OFFERED;
    }

    private boolean pipelinesNext(Way way) {
        PipelineNext when = settings.pipelineNext();
        return when == PipelineNext.ALWAYS || (when == PipelineNext.ROUTES && way.explicit());
    }
}
