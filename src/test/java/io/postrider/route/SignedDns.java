package io.postrider.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/**
 * A small DNS with a signed root on loopback: zones signed by ldns-signzone and served by nsd, and unbound as a resolver that
 * validates them. A test whose programs are missing is skipped and says so.
 */
public final class SignedDns implements AutoCloseable {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Path directory;
    private final int port;
    private final Map<String, String> zones = new LinkedHashMap<>();
    private final Map<String, String> forgeries = new LinkedHashMap<>();
    private final List<String> unsigned = new ArrayList<>();
    private final List<Process> running = new ArrayList<>();

    /** @param directory is filled with zones and keys */
    public SignedDns(Path directory) throws IOException {
        for (String program : List.of("nsd", "ldns-signzone", "ldns-keygen", "ldns-key2ds")) {
            path(program);
        }
        this.directory = directory;
        this.port = FreePort.find();
    }

    /** @param records with relative names, a line each; SOA and NS are put in */
    public SignedDns signed(String zone, String records) {
        zones.put(zone, records);
        return this;
    }

    /** Its parent proves that it has no keys. */
    public SignedDns unsigned(String zone, String records) {
        zones.put(zone, records);
        unsigned.add(zone);
        return this;
    }

    /** Puts one text in the place of another, after the signing. */
    public SignedDns forged(String text, String other) {
        forgeries.put(text, other);
        return this;
    }

    /** Signs and serves. */
    public SignedDns serve() throws Exception {
        StringBuilder delegations = new StringBuilder();
        for (Map.Entry<String, String> zone : zones.entrySet()) {
            delegations.append(zone.getKey()).append(" IN NS ns.\n");
            delegations.append(write(zone.getKey() + ".", zone.getValue(), !unsigned.contains(zone.getKey())));
        }
        Files.writeString(anchors(), write(".", delegations + "ns IN A 127.0.0.1\n", true));
        StringBuilder configuration = new StringBuilder(
                """
                server:
                  ip-address: 127.0.0.1@%d
                  username: ""
                  zonesdir: "%s"
                  pidfile: ""
                  database: ""
                  xfrdfile: ""
                  zonelistfile: "%s/zones.list"
                  logfile: "%s/nsd.log"
                  server-count: 1
                remote-control:
                  control-enable: no
                """
                        .formatted(port, directory, directory, directory));
        Stream.concat(Stream.of(""), zones.keySet().stream())
                .forEach(zone -> configuration.append(
                        "zone:\n  name: \"%s.\"\n  zonefile: \"zone-%s\"\n".formatted(zone, zone)));
        Path file = Files.writeString(directory.resolve("nsd.conf"), configuration);
        start(port, path("nsd"), "-d", "-c", file.toString());
        return this;
    }

    /** The keys of the root zone. */
    public Path anchors() {
        return directory.resolve("anchors");
    }

    /** Passes everything on, checks nothing. */
    public String server() {
        return "127.0.0.1:" + port;
    }

    /** Starts a resolver that validates. */
    public String validatingResolver() throws Exception {
        String unbound = path("unbound");
        int own = FreePort.find();
        Path file = Files.writeString(
                directory.resolve("unbound.conf"),
                """
                server:
                  interface: 127.0.0.1@%d
                  username: ""
                  chroot: ""
                  directory: "%s"
                  pidfile: ""
                  use-syslog: no
                  do-not-query-localhost: no
                  trust-anchor-file: "%s"
                  module-config: "validator iterator"
                  num-threads: 1
                  local-zone: "test." nodefault
                remote-control:
                  control-enable: no
                forward-zone:
                  name: "."
                  forward-addr: 127.0.0.1@%d
                """
                        .formatted(own, directory, anchors(), port));
        start(own, unbound, "-d", "-c", file.toString());
        return "127.0.0.1:" + own;
    }

    @Override
    public void close() {
        for (Process process : running) {
            process.destroy();
            process.onExit().completeOnTimeout(process, 10, TimeUnit.SECONDS).join();
            process.destroyForcibly();
        }
    }

    /** @return the DS record for its parent, empty when it is not signed */
    private String write(String zone, String records, boolean signed) throws Exception {
        String name = "zone-" + zone.substring(0, zone.length() - 1);
        Path file = Files.writeString(
                directory.resolve(name),
                """
                $ORIGIN %s
                $TTL 300
                @ IN SOA ns. admin. 1 3600 600 86400 60
                @ IN NS ns.
                %s
                """
                        .formatted(zone, records));
        if (!signed) {
            return "";
        }
        String key = run("ldns-keygen", "-a", "ECDSAP256SHA256", "-k", zone).strip();
        run("ldns-signzone", "-f", name + ".signed", name, key);
        String text = Files.readString(directory.resolve(name + ".signed"));
        for (Map.Entry<String, String> forgery : forgeries.entrySet()) {
            text = text.replace(forgery.getKey(), forgery.getValue());
        }
        Files.writeString(file, text);
        return run("ldns-key2ds", "-n", "-2", key + ".key");
    }

    private String run(String program, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(path(program)));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(command + ": " + said).isZero();
        return said;
    }

    private void start(int listening, String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log-" + listening).toFile())
                .start();
        running.add(process);
        SimpleResolver resolver = new SimpleResolver("127.0.0.1");
        resolver.setPort(listening);
        resolver.setTimeout(Duration.ofMillis(200));
        Message question = Message.newQuery(Record.newRecord(Name.root, Type.SOA, 1));
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!answers(resolver, question)) {
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new IOException(
                        command[0] + " did not start: " + Files.readString(directory.resolve("log-" + listening)));
            }
            LockSupport.parkNanos(20_000_000);
        }
    }

    private static boolean answers(SimpleResolver resolver, Message question) {
        try {
            return resolver.send(question).getRcode() == 0;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Skips the test where there is no such program. */
    private static String path(String program) {
        Optional<Path> found = Stream.concat(Stream.of(System.getenv("PATH").split(":", -1)), Stream.of("/usr/sbin"))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
        Assumptions.assumeTrue(found.isPresent(), program + " is not installed; .ci/run installs it on Debian");
        return found.orElseThrow().toString();
    }
}
