package io.postrider.tls;

import java.nio.file.Path;

/**
 * Who we are to a smarthost (RFC 4954).
 *
 * @param passwordFile its first line is the password
 */
public record Login(String user, Path passwordFile) {}
