package io.postrider;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.postrider.tls.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A node with {@code conf/examples/secure-relay.conf} as it stands, its files, two mail servers, and clients. */
final class SecureRelay implements AutoCloseable {

    static final String ADDRESS = "10.0.0.1";
    static final String PASSWORD = "correct-horse-9";
    static final String SMARTHOST_PASSWORD = "battery-staple-7";
    private static final String FILE = "conf/examples/secure-relay.conf";

    /** Routes are all that is added: there is no DNS in here that would say where domains are. */
    private static final String ROUTES = "postrider.egress.routes={\"modern.test\"=\"127.0.0.1:2526\","
            + "\"old.test\"=\"127.0.0.1:2527\",\"smart.test\"={hosts=[\"127.0.0.1:2526\"],tls=required,user=us,"
            + "password-file=conf/smarthost}}";

    /** Reads port, certificate, the highest version, and the directory for what comes. */
    private static final String MAIL_SERVER =
            """
            import os, socketserver, ssl, sys
            port, certificate, highest, directory = sys.argv[1:]
            os.makedirs(directory, exist_ok=True)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            context.maximum_version = ssl.TLSVersion[highest]
            class Session(socketserver.BaseRequestHandler):
                def handle(self):
                    log = open(os.path.join(directory, 'commands'), 'a', buffering=1)
                    link = self.request
                    f = link.makefile('rwb', 0)
                    f.write(b'220 mx.test ESMTP\\r\\n')
                    while True:
                        line = f.readline().decode().strip()
                        log.write(('TLS ' if isinstance(link, ssl.SSLSocket) else 'plain ') + line + '\\n')
                        verb = line[:4].upper()
                        if not line:
                            return
                        elif verb == 'EHLO':
                            f.write(b'250-mx.test\\r\\n250 ' + (b'AUTH PLAIN' if isinstance(link, ssl.SSLSocket) else b'STARTTLS') + b'\\r\\n')
                        elif verb == 'AUTH':
                            f.write(b'235 in\\r\\n')
                        elif verb == 'STAR':
                            f.write(b'220 go\\r\\n')
                            link = context.wrap_socket(link, server_side=True)
                            f = link.makefile('rwb', 0)
                        elif verb == 'DATA':
                            f.write(b'354 go\\r\\n')
                            body = b''
                            while not body.endswith(b'\\r\\n.\\r\\n'):
                                body += f.readline()
                            name = os.path.join(directory, str(len(os.listdir(directory))))
                            open(name + '.part', 'wb').write(body[:-3])
                            os.rename(name + '.part', name + '.eml')
                            f.write(b'250 ok\\r\\n')
                        else:
                            f.write(b'250 ok\\r\\n')
            class Server(socketserver.ThreadingTCPServer):
                allow_reuse_address = daemon_threads = True
            Server(('127.0.0.1', int(port)), Session).serve_forever()
            """;

    /** Reads source, address and lines: prints the greeting and the reply to each line. */
    private static final String DIALOGUE =
            """
            import socket, sys
            source, address = sys.argv[1:3]
            s = socket.create_connection((address, 2525), 20, (source, 0))
            f = s.makefile('rb')
            def reply():
                while True:
                    line = f.readline().decode().rstrip()
                    print(line or 'closed')
                    if line[3:4] != '-':
                        return
            reply()
            for line in sys.argv[3:]:
                s.sendall(line.encode() + b'\\r\\n')
                reply()
            """;

    final Path directory;
    final PrivateNetwork network;
    private final List<Process> processes = new ArrayList<>();
    private String key = "";

    SecureRelay(Path directory) throws IOException {
        PrivateNetwork.program("python3");
        this.directory = directory;
        network = PrivateNetwork.with(
                ADDRESS + "/8", "172.16.4.5/12", "172.31.255.254/12", "172.32.0.1/16", "11.0.0.1/8", "192.0.2.7/24");
        Files.createDirectories(directory.resolve("conf/examples"));
        Files.copy(Path.of(FILE), directory.resolve(FILE));
    }

    /** What the comments of the file tell to do before the start. */
    void makeFiles() throws Exception {
        postrider("", "dkim", "generate", "--domain", "example.com", "--selector", "mail");
        postrider(PASSWORD + "\n", "user", "add", "app", "--domain", "example.com", "--file", "conf/users");
        String made =
                postrider("", "key", "create", "--name", "shop", "--domain", "example.com", "--file", "conf/api-keys");
        key = made.lines()
                .filter(line -> line.startsWith("key "))
                .map(line -> line.substring(4).trim())
                .findFirst()
                .orElseThrow();
        Files.writeString(directory.resolve("conf/smarthost"), SMARTHOST_PASSWORD + "\n");
        TestCertificates authority = new TestCertificates();
        authority.writeAuthority(directory.resolve("ca.pem"));
        Files.createDirectories(directory.resolve("conf/tls"));
        TestCertificates.Made own = authority.make("RSA", "out.example.com");
        TestCertificates.write(
                directory.resolve("conf/tls/out.example.com.pem"), TestCertificates.pem(own.certificate()));
        TestCertificates.write(
                directory.resolve("conf/tls/out.example.com.key"),
                TestCertificates.pem(own.keys().getPrivate()));
        authority.make("RSA", "mx.test").writeTo(directory.resolve("mx.pem"));
    }

    /** The key of the application {@code shop}. */
    String key() {
        return key;
    }

    void start() throws Exception {
        mailServer(2526, "TLSv1_3", "modern");
        mailServer(2527, "TLSv1_2", "old");
        List<String> command = new ArrayList<>(java());
        command.addAll(List.of("run", "-c", FILE, "--set", ROUTES));
        ProcessBuilder program = network.command(command)
                .directory(directory.toFile())
                .redirectOutput(directory.resolve("node.log").toFile());
        program.environment().put("POSTRIDER_LOG_LEVEL", "DEBUG");
        Process node = program.start();
        processes.add(node);
        until("the node to listen", () -> log().contains("listener=http listens") || !node.isAlive());
        assertThat(node.isAlive()).as(log()).isTrue();
    }

    private void mailServer(int port, String highest, String name) throws IOException {
        processes.add(network.command(List.of(
                        "python3",
                        "-c",
                        MAIL_SERVER,
                        Integer.toString(port),
                        directory.resolve("mx.pem").toString(),
                        highest,
                        directory.resolve(name).toString()))
                .redirectOutput(directory.resolve(name + ".log").toFile())
                .start());
    }

    /** The command line, in the directory of the files. @return what it printed */
    String postrider(String input, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(java());
        command.addAll(List.of(arguments));
        Process process = network.command(command).directory(directory.toFile()).start();
        process.getOutputStream().write(input.getBytes(UTF_8));
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return out + "exit code " + process.exitValue();
    }

    private static List<String> java() {
        return List.of(
                "env",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dlogback.configurationFile="
                        + Path.of("src/main/resources/logback.xml").toUri(),
                "-cp",
                System.getProperty("java.class.path"),
                "io.postrider.cli.Main");
    }

    /** The replies to these lines in plain text, as a client at {@code source} sees them. */
    String dialogue(String source, String... lines) throws Exception {
        List<String> command = new ArrayList<>(List.of("python3", "-c", DIALOGUE, source));
        command.add(source.contains(":") ? "::1" : source.equals("127.0.0.1") ? source : ADDRESS);
        command.addAll(List.of(lines));
        return network.run(command.toArray(String[]::new));
    }

    String swaks(String source, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of("swaks", "--server", ADDRESS, "--port", "2525"));
        command.addAll(List.of("--local-interface", source, "--tls-ca-path", directory + "/ca.pem", "--tls-verify"));
        command.addAll(List.of("--from", "ann@example.com", "--ehlo", "app.example.com"));
        command.addAll(List.of(options));
        return network.run(command.toArray(String[]::new));
    }

    /** @return headers and body of the answer */
    String curl(String source, String url, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of("curl", "-sS", "-i", "--interface", source));
        command.addAll(List.of("--cacert", directory + "/ca.pem", "--connect-timeout", "10"));
        String to = source.equals("127.0.0.1") ? source : ADDRESS;
        command.addAll(List.of("--resolve", "out.example.com:8080:" + to));
        command.addAll(List.of(options));
        command.add(url);
        return network.run(command.toArray(String[]::new));
    }

    String log() {
        return text(directory.resolve("node.log"));
    }

    /** Empty while there is no such file. */
    static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1) : "";
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    static void until(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited a minute for " + what).isLessThan(end);
            LockSupport.parkNanos(20_000_000);
        }
    }

    @Override
    public void close() throws IOException {
        for (Process process : processes) {
            process.destroyForcibly();
        }
        network.close();
    }
}
