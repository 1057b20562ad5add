package io.postrider.signing;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PrivateKey;
import java.util.Base64;

/** Settings and key files. */
final class SigningFixture {

    private SigningFixture() {}

    static SigningSettings settings(String dkim) {
        return SigningSettings.from(config(dkim));
    }

    static Config config(String dkim) {
        return ConfigFactory.parseString("postrider.dkim { " + dkim + " }")
                .withFallback(ConfigFactory.parseResources("reference.conf"))
                .resolve()
                .getConfig("postrider");
    }

    /** PKCS#8, for the owner alone. */
    static Path write(Path file, PrivateKey key) throws IOException {
        StringWriter pem = new StringWriter();
        pem.write("-----BEGIN PRIVATE KEY-----\n");
        pem.write(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded()));
        pem.write("\n-----END PRIVATE KEY-----\n");
        Path next = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(next, pem.toString());
        Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rw-------"));
        return Files.move(next, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
}
