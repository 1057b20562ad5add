package io.postrider.route;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;

/** Somebody on the way to a name server who passes everything on but the questions of one type about one name. */
final class LyingDns implements AutoCloseable {

    private final DatagramSocket front;
    private final InetSocketAddress server;
    private final Name name;
    private final int type;

    LyingDns(String server, String name, int type) throws IOException {
        int colon = server.indexOf(':');
        this.server = new InetSocketAddress(server.substring(0, colon), Integer.parseInt(server.substring(colon + 1)));
        this.name = Name.fromString(name + ".");
        this.type = type;
        this.front = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"));
        Thread.ofVirtual().start(this::pass);
    }

    String server() {
        return "127.0.0.1:" + front.getLocalPort();
    }

    private void pass() {
        byte[] buffer = new byte[4096];
        try (DatagramSocket back = new DatagramSocket()) {
            back.setSoTimeout(2000);
            while (!front.isClosed()) {
                DatagramPacket query = new DatagramPacket(buffer, buffer.length);
                front.receive(query);
                byte[] wire = Arrays.copyOf(buffer, query.getLength());
                Message message = new Message(wire);
                boolean held = message.getQuestion().getName().equals(name)
                        && message.getQuestion().getType() == type;
                if (!held) {
                    back.send(new DatagramPacket(wire, wire.length, server));
                    DatagramPacket answer = new DatagramPacket(new byte[4096], 4096);
                    back.receive(answer);
                    front.send(new DatagramPacket(answer.getData(), answer.getLength(), query.getSocketAddress()));
                }
            }
        } catch (IOException closed) {
            front.close();
        }
    }

    @Override
    public void close() {
        front.close();
    }
}
