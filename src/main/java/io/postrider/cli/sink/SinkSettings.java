package io.postrider.cli.sink;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * Where a sink listens and what it does with its mail.
 *
 * @param bind port 0 takes a free one
 * @param record gets a line with the Message-ID for each recipient of each message received
 * @param tls offered as STARTTLS
 * @param store a directory that gets each message as {@code NNNNNN.eml} and its envelope as {@code NNNNNN.env}
 */
public record SinkSettings(
        InetSocketAddress bind,
        String hostname,
        SinkScript script,
        Optional<Path> record,
        Optional<Path> store,
        Optional<SSLContext> tls) {

    /** A free port of the loopback address, a friendly script, nothing written down. */
    public static SinkSettings onLoopback() {
        return new SinkSettings(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                "sink.test",
                SinkScript.friendly(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    public SinkSettings withScript(SinkScript newScript) {
        return new SinkSettings(bind, hostname, newScript, record, store, tls);
    }

    public SinkSettings withRecord(Path file) {
        return new SinkSettings(bind, hostname, script, Optional.of(file), store, tls);
    }

    public SinkSettings withTls(SSLContext context) {
        return new SinkSettings(bind, hostname, script, record, store, Optional.of(context));
    }

    public SinkSettings withStore(Path directory) {
        return new SinkSettings(bind, hostname, script, record, Optional.of(directory), tls);
    }
}
