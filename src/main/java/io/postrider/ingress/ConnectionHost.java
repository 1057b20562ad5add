package io.postrider.ingress;

import io.postrider.mail.Mailbox;
import io.postrider.mail.Reply;
import io.postrider.smtp.SessionHost;
import java.net.InetAddress;

/** What the sessions of one connection ask of the node. */
record ConnectionHost(SmtpListener listener, String sessionId, InetAddress client) implements SessionHost {

    @Override
    public boolean isCongested() {
        return listener.service().handOver().isCongested();
    }

    @Override
    public boolean isTlsBusy() {
        return listener.tls().filter(offer -> offer.workers().isBusy()).isPresent();
    }

    @Override
    public boolean take(long bytes) {
        return listener.service().budget().take(bytes);
    }

    @Override
    public void giveBack(long bytes) {
        listener.service().budget().giveBack(bytes);
    }

    @Override
    public void rejected(Mailbox sender, String recipient, Reply reply) {
        SmtpService service = listener.service();
        service.meters().rejected(1);
        service.rejectedLog()
                .rejected(new RejectedLog.Rejection(
                        service.clock().instant(),
                        listener.settings().name(),
                        sessionId,
                        client.getHostAddress(),
                        sender,
                        recipient,
                        reply));
    }
}
