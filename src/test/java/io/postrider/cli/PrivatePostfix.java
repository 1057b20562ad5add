package io.postrider.cli;

import io.postrider.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/** A Postfix of its own below a directory, which takes all mail to {@code postfix.test}. Root alone can start one. */
final class PrivatePostfix implements AutoCloseable {

    private static final List<Path> MASTERS =
            List.of(Path.of("/etc/postfix/master.cf"), Path.of("/usr/share/postfix/master.cf.dist"));

    private final String postfix;
    private final Path directory;
    private final List<Integer> ports;

    private PrivatePostfix(String postfix, Path directory, List<Integer> ports) {
        this.postfix = postfix;
        this.directory = directory;
        this.ports = List.copyOf(ports);
    }

    /** @param directory that other users may enter, parents included */
    static PrivatePostfix start(Path directory) throws IOException, InterruptedException {
        return start(directory, "", List.of());
    }

    /**
     * @param more lines of main.cf
     * @param doors options, as in master.cf, of further listeners that take the same mail: {@link #port(int)}
     */
    static PrivatePostfix start(Path directory, String more, List<String> doors)
            throws IOException, InterruptedException {
        String postfix = Programs.path("postfix");
        Assumptions.assumeTrue(Programs.areWeRoot(), "only root can start a Postfix");
        Path master = MASTERS.stream().filter(Files::exists).findFirst().orElseThrow();
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i <= doors.size(); i++) {
            ports.add(FreePort.find());
        }
        PrivatePostfix started = new PrivatePostfix(postfix, directory, ports);
        for (String name : List.of("conf", "spool", "data", "mail")) {
            Files.createDirectories(directory.resolve(name));
        }
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        own(directory.resolve("data"), "postfix");
        own(directory.resolve("mail"), "nobody");
        Files.writeString(directory.resolve("conf/main.cf"), started.mainConfiguration() + more);
        StringBuilder listeners = new StringBuilder();
        for (int i = 0; i <= doors.size(); i++) {
            listeners.append(i == 0 ? "" : "\n").append("127.0.0.1:" + ports.get(i) + " inet n - n - - smtpd");
            listeners.append(i == 0 ? "" : " " + doors.get(i - 1));
        }
        String services = Pattern.compile("^smtp +inet.*$", Pattern.MULTILINE)
                .matcher(Files.readString(master))
                .replaceFirst(listeners.toString());
        Files.writeString(directory.resolve("conf/master.cf"), services);
        Programs.run(List.of(Programs.path("postconf"), "-c", started.configuration(), "-F", "*/*/chroot = n"));
        Programs.run(List.of(postfix, "-c", started.configuration(), "start"));
        for (int port : ports) {
            Programs.waitForListener(port);
        }
        return started;
    }

    int port() {
        return port(0);
    }

    /** @param door 0: the usual one; from 1 on the further ones */
    int port(int door) {
        return ports.get(door);
    }

    /** The messages that it has delivered, with line ends of LF. */
    List<Path> delivered() {
        return Programs.files(directory.resolve("mail/box/new"));
    }

    @Override
    public void close() throws IOException {
        try {
            Programs.run(List.of(postfix, "-c", configuration(), "stop"));
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw new IOException("could not wait for Postfix to stop", ended);
        }
    }

    private String configuration() {
        return directory.resolve("conf").toString();
    }

    private String mainConfiguration() {
        return """
                compatibility_level = 3.6
                queue_directory = %1$s/spool
                data_directory = %1$s/data
                maillog_file = %1$s/maillog
                maillog_file_prefixes = %1$s
                myhostname = mx.postfix.test
                mydestination =
                inet_interfaces = 127.0.0.1
                inet_protocols = ipv4
                mynetworks =
                smtpd_relay_restrictions = reject_unauth_destination
                virtual_mailbox_domains = postfix.test
                virtual_mailbox_base = %1$s/mail
                virtual_mailbox_maps = static:box/
                virtual_mailbox_limit = 0
                message_size_limit = 0
                virtual_minimum_uid = 1
                virtual_uid_maps = static:65534
                virtual_gid_maps = static:65534
                alias_maps =
                alias_database =
                """
                .formatted(directory);
    }

    private static void own(Path path, String user) throws IOException {
        Files.setOwner(
                path, path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user));
    }
}
