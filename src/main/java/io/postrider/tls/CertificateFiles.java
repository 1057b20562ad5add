package io.postrider.tls;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a certificate and its key are, as PEM.
 *
 * @param certificate the chain, our own certificate first
 * @param key may be the same file
 * @param passphrase the first line of this file opens the key
 */
public record CertificateFiles(Path certificate, Path key, Optional<Path> passphrase) {

    List<Path> all() {
        List<Path> files = new ArrayList<>(List.of(certificate));
        if (!key.equals(certificate)) {
            files.add(key);
        }
        passphrase.ifPresent(files::add);
        return files;
    }
}
