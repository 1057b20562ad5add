package io.postrider.pem;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One {@code -----BEGIN X-----} to {@code -----END X-----} of a file. What stands between blocks is explanation (RFC 7468
 * §5.2) and is passed over.
 *
 * @param label what it says to hold: {@code RSA PRIVATE KEY}
 * @param line of its BEGIN, from 1
 * @param text with both of these lines
 */
record PemBlock(String label, int line, String text) {

    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";

    static List<PemBlock> all(byte[] file) throws PemException {
        List<PemBlock> blocks = new ArrayList<>();
        String label = "";
        int from = 0;
        StringBuilder text = new StringBuilder();
        int number = 0;
        for (String raw : new String(file, StandardCharsets.ISO_8859_1).lines().toList()) {
            number++;
            String line = raw.strip();
            if (line.startsWith(BEGIN) && line.endsWith(DASHES)) {
                if (!label.isEmpty()) {
                    throw new PemException(from, "expected -----END " + label + "----- before line " + number);
                }
                label = line.substring(BEGIN.length(), line.length() - DASHES.length());
                from = number;
                text.setLength(0);
            }
            if (!label.isEmpty()) {
                text.append(line).append('\n');
            }
            if (!label.isEmpty() && line.equals(END + label + DASHES)) {
                blocks.add(new PemBlock(label, from, text.toString()));
                label = "";
            }
        }
        if (!label.isEmpty()) {
            throw new PemException(from, "expected -----END " + label + "-----, but the file ends before");
        }
        return blocks;
    }

    boolean isPrivateKey() {
        return label.endsWith("PRIVATE KEY");
    }

    boolean isCertificate() {
        return label.equals("CERTIFICATE") || label.equals("X509 CERTIFICATE");
    }

    /** For messages: {@code a certificate}, {@code a public key}. */
    String article() {
        String words = label.toLowerCase(Locale.ROOT);
        return ("aeiou".indexOf(words.charAt(0)) >= 0 ? "an " : "a ") + words;
    }
}
