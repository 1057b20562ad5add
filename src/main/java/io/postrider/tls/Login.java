package io.postrider.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Who we are to a smarthost (RFC 4954).
 *
 * @param passwordFile its first line is the password
 */
public record Login(String user, Path passwordFile) {

    private static final int LONGEST = 1024;

    /** As it is in the file now. @throws IOException when there is none; the message names the file */
    public String readPassword() throws IOException {
        byte[] bytes;
        try (var in = Files.newInputStream(passwordFile)) {
            bytes = in.readNBytes(LONGEST);
        } catch (IOException unreadable) {
            throw new IOException(
                    "expected a password in the first line of " + passwordFile + ", but cannot read it", unreadable);
        }
        String line = new String(bytes, StandardCharsets.UTF_8)
                .lines()
                .findFirst()
                .orElse("")
                .strip();
        if (line.isEmpty() || bytes.length == LONGEST) {
            throw new IOException("expected a password in the first line of " + passwordFile);
        }
        return line;
    }
}
