package io.postrider.route;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * A name server on loopback, UDP and TCP at the same port, that answers from the records it was given and counts what it
 * was asked. A name without records does not exist; denials carry a SOA with a minimum of 60 seconds.
 */
public final class ScriptedDns implements AutoCloseable {

    private static final int ALWAYS = Integer.MAX_VALUE;

    private final DatagramSocket udp;
    private final ServerSocket tcp;
    private final List<Record> records = new CopyOnWriteArrayList<>();
    private final List<Record> strays = new CopyOnWriteArrayList<>();
    private final Map<Name, Integer> failing = new ConcurrentHashMap<>();
    private final Map<Name, Integer> silent = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile Optional<Name> truncated = Optional.empty();
    private volatile boolean bareAliases;
    private final List<Name> proven = new CopyOnWriteArrayList<>();
    private volatile CountDownLatch gate = new CountDownLatch(0);

    private ScriptedDns() throws IOException {
        InetAddress loopback = InetAddress.getByName("127.0.0.1");
        this.tcp = new ServerSocket(0, 50, loopback);
        this.udp = new DatagramSocket(new InetSocketAddress(loopback, tcp.getLocalPort()));
        daemon("scripted-dns-udp", this::serveUdp);
        daemon("scripted-dns-tcp", this::serveTcp);
    }

    public static ScriptedDns start() {
        try {
            return new ScriptedDns();
        } catch (IOException noPort) {
            throw new UncheckedIOException(noPort);
        }
    }

    /** As {@code dns.servers} wants it. */
    public String server() {
        return "127.0.0.1:" + tcp.getLocalPort();
    }

    /** One record a line: {@code example.com. 300 MX 10 mx.example.com.} */
    public ScriptedDns with(String lines) {
        lines.lines().map(String::strip).filter(line -> !line.isEmpty()).forEach(line -> records.add(record(line)));
        return this;
    }

    /** From now on there are no records at all. */
    public ScriptedDns empty() {
        records.clear();
        return this;
    }

    /** Every answer carries this record besides its own. */
    public ScriptedDns stray(String line) {
        strays.add(record(line));
        return this;
    }

    public ScriptedDns failing(String name) {
        failing.put(name(name), ALWAYS);
        return this;
    }

    public ScriptedDns failing(String name, int times) {
        failing.put(name(name), times);
        return this;
    }

    public ScriptedDns silent(String name, int times) {
        silent.put(name(name), times);
        return this;
    }

    public ScriptedDns silent(String name) {
        return silent(name, ALWAYS);
    }

    /** Says over UDP that the answer does not fit. */
    public ScriptedDns truncated(String name) {
        truncated = Optional.of(name(name));
        return this;
    }

    /** A CNAME is all that is answered; the client has to ask for its target. */
    public ScriptedDns bareAliases() {
        bareAliases = true;
        return this;
    }

    /** Vouches for these zones (the AD bit) to whoever asks it to, where no CNAME leads out of them. */
    public ScriptedDns vouching(String... zones) {
        List.of(zones).forEach(zone -> proven.add(name(zone)));
        return this;
    }

    /** No answer goes out until {@link #release}. */
    public ScriptedDns hold() {
        gate = new CountDownLatch(1);
        return this;
    }

    public void release() {
        gate.countDown();
    }

    /** What was asked so far, in order: {@code "example.com MX"}. */
    public List<String> asked() {
        return List.copyOf(asked);
    }

    @Override
    public void close() throws IOException {
        release();
        udp.close();
        tcp.close();
    }

    private void serveUdp() {
        byte[] buffer = new byte[4096];
        while (!udp.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                udp.receive(packet);
                Message query = new Message(Arrays.copyOf(packet.getData(), packet.getLength()));
                daemon("scripted-dns-answer", () -> answerUdp(query, packet.getSocketAddress()));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void answerUdp(Message query, SocketAddress client) {
        answer(query, true).ifPresent(wire -> {
            try {
                udp.send(new DatagramPacket(wire, wire.length, client));
            } catch (IOException closed) {
                udp.close();
            }
        });
    }

    private void serveTcp() {
        while (!tcp.isClosed()) {
            try {
                Socket client = tcp.accept();
                daemon("scripted-dns-tcp-client", () -> serve(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client;
                DataInputStream in = new DataInputStream(client.getInputStream());
                DataOutputStream out = new DataOutputStream(client.getOutputStream())) {
            while (true) {
                byte[] query = in.readNBytes(in.readUnsignedShort());
                Optional<byte[]> answer = answer(new Message(query), false);
                if (answer.isPresent()) {
                    out.writeShort(answer.get().length);
                    out.write(answer.get());
                    out.flush();
                }
            }
        } catch (IOException gone) {
            asked.add("(TCP closed)");
        }
    }

    private Optional<byte[]> answer(Message query, boolean overUdp) {
        Record question = query.getQuestion();
        asked.add(question.getName().toString(true) + " " + Type.string(question.getType()) + (overUdp ? "" : " TCP"));
        try {
            gate.await();
        } catch (InterruptedException stopped) {
            return Optional.empty();
        }
        if (takes(silent, question.getName())) {
            return Optional.empty();
        }
        Message response = new Message(query.getHeader().getID());
        response.getHeader().setFlag(Flags.QR);
        response.getHeader().setFlag(Flags.RA);
        response.addRecord(question, Section.QUESTION);
        if (takes(failing, question.getName())) {
            response.getHeader().setRcode(Rcode.SERVFAIL);
        } else if (overUdp && truncated.filter(question.getName()::equals).isPresent()) {
            response.getHeader().setFlag(Flags.TC);
        } else {
            boolean secure = fill(response, question);
            if (secure && query.getHeader().getFlag(Flags.AD)) {
                response.getHeader().setFlag(Flags.AD);
            }
        }
        return Optional.of(response.toWire());
    }

    /** Whether all of it lies in zones that we vouch for. */
    private boolean fill(Message response, Record question) {
        Name name = question.getName();
        boolean secure = true;
        for (int hops = 0; hops < 20; hops++) {
            Name owner = name;
            secure &= proven.stream().anyMatch(owner::subdomain);
            List<Record> all =
                    records.stream().filter(r -> r.getName().equals(owner)).toList();
            List<Record> fitting =
                    all.stream().filter(r -> r.getType() == question.getType()).toList();
            Optional<Record> alias =
                    all.stream().filter(r -> r.getType() == Type.CNAME).findFirst();
            if (!fitting.isEmpty()) {
                fitting.forEach(record -> response.addRecord(record, Section.ANSWER));
                break;
            }
            if (alias.isEmpty()) {
                boolean exists = !all.isEmpty()
                        || records.stream().anyMatch(r -> r.getName().subdomain(owner));
                response.getHeader().setRcode(exists ? Rcode.NOERROR : Rcode.NXDOMAIN);
                response.addRecord(record(". 300 SOA a. b. 1 2 3 4 60"), Section.AUTHORITY);
                break;
            }
            response.addRecord(alias.get(), Section.ANSWER);
            name = ((CNAMERecord) alias.get()).getTarget();
            if (bareAliases) {
                break;
            }
        }
        strays.forEach(record -> response.addRecord(record, Section.ANSWER));
        strays.forEach(record -> response.addRecord(record, Section.ADDITIONAL));
        return secure;
    }

    private static boolean takes(Map<Name, Integer> times, Name name) {
        Integer left = times.computeIfPresent(name, (key, n) -> n == ALWAYS ? n : n - 1);
        return left != null && left >= 0;
    }

    private static Record record(String line) {
        String[] parts = line.split("\\s+", 4);
        try {
            return Record.fromString(
                    name(parts[0]), Type.value(parts[2]), DClass.IN, Long.parseLong(parts[1]), parts[3], Name.root);
        } catch (IOException malformed) {
            throw new UncheckedIOException(malformed);
        }
    }

    private static Name name(String text) {
        return Name.fromConstantString(text.endsWith(".") ? text : text + ".");
    }

    private static void daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }
}
