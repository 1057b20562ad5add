package io.postrider.smtp;

import io.postrider.mail.Reply;

/**
 * The client's half from the greeting to the server's answer to our name (RFC 5321 §3.1, §3.2).
 *
 * <pre>
 * GREETING --2yz--> EHLO   EHLO
 * EHLO     --2yz--> done
 * EHLO     --5yz--> HELO   HELO
 * HELO     --2yz--> done
 * any      --else-> refused
 * </pre>
 */
final class Handshake {

    enum Effect {
        GOES_ON,
        DONE,
        REFUSED
    }

    private final String ehlo;
    private final WireBuffer out;
    private Awaiting at = Awaiting.GREETING;
    private Capabilities server = Capabilities.NONE;

    Handshake(String ehlo, WireBuffer out) {
        this.ehlo = ehlo;
        this.out = out;
    }

    Awaiting at() {
        return at;
    }

    /** What the server offers, once it is done. */
    Capabilities server() {
        return server;
    }

    Effect on(Reply reply) {
        boolean greeted = at != Awaiting.GREETING;
        if (reply.isPositive()) {
            if (!greeted) {
                return say("EHLO ", Awaiting.EHLO);
            }
            server = at == Awaiting.EHLO ? Capabilities.of(reply) : Capabilities.NONE;
            return Effect.DONE;
        }
        // "the client SHOULD ... send a HELO" to a server that does not know EHLO (RFC 5321 §3.2).
        return at == Awaiting.EHLO && reply.isPermanent() ? say("HELO ", Awaiting.HELO) : Effect.REFUSED;
    }

    private Effect say(String command, Awaiting then) {
        out.put(command).put(ehlo).put("\r\n");
        at = then;
        return Effect.GOES_ON;
    }
}
