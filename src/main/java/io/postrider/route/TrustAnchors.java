package io.postrider.route;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.xbill.DNS.Master;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/** The DS or DNSKEY records at which all trust in signatures begins, in the format of zone files. */
final class TrustAnchors {

    private static final String KEY = "postrider.egress.dane.trust-anchors";
    private static final String OURS = "root-anchors";

    private TrustAnchors() {}

    /**
     * The file's text, with one such record at least: without any, every answer would count as insecure.
     *
     * @throws IllegalArgumentException when the file is of no use; the message names the key
     */
    static InputStream read(Optional<Path> file) {
        byte[] text = file.map(TrustAnchors::bytes).orElseGet(TrustAnchors::ours);
        String where = file.map(Path::toString).orElse(OURS);
        int anchors = 0;
        try (Master records = new Master(new ByteArrayInputStream(text), Name.root, 0)) {
            for (Record record = records.nextRecord(); record != null; record = records.nextRecord()) {
                anchors += record.getType() == Type.DS || record.getType() == Type.DNSKEY ? 1 : 0;
            }
        } catch (IOException malformed) {
            throw new IllegalArgumentException(
                    KEY + ": expected DS or DNSKEY records as in a zone file in " + where + ", but "
                            + malformed.getMessage(),
                    malformed);
        }
        if (anchors == 0) {
            throw new IllegalArgumentException(KEY + ": expected DS or DNSKEY records in " + where + ", but got none");
        }
        return new ByteArrayInputStream(text);
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException unreadable) {
            throw new IllegalArgumentException(
                    KEY + ": expected a file that can be read, but got " + unreadable, unreadable);
        }
    }

    private static byte[] ours() {
        try (InputStream bundled = TrustAnchors.class.getResourceAsStream(OURS)) {
            if (bundled == null) {
                throw new IllegalStateException(OURS + " is missing from the jar");
            }
            return bundled.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
