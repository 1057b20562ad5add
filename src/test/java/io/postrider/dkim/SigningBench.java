package io.postrider.dkim;

import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.time.Instant;
import java.util.List;

/**
 * What one signature costs, on one thread: the bare RSA of each provider, and whole messages of 4 and 100 KiB. Run by hand:
 * {@code java -cp … io.postrider.dkim.SigningBench}.
 */
final class SigningBench {

    private static final int WARM_UP_MILLIS = 2000;
    private static final int RUN_MILLIS = 4000;

    private interface Work {
        void once() throws Exception;
    }

    private SigningBench() {}

    public static void main(String[] args) throws Exception {
        PrivateKey rsa = TestKeys.pair("RSA", 2048);
        byte[] header = new byte[1000];
        Provider jdk = Security.getProvider("SunRsaSign");
        Signature plain = Signature.getInstance("SHA256withRSA", jdk);
        plain.initSign(rsa);
        measure("RSA-2048 alone, JDK", () -> {
            plain.update(header);
            plain.sign();
        });
        Signature chosen = RsaProvider.signature(rsa);
        measure("RSA-2048 alone, " + RsaProvider.name(), () -> {
            chosen.update(header);
            chosen.sign();
        });
        SigningKey ed = TestKeys.ED25519;
        measure("Ed25519 alone", () -> ed.sign(header, header.length));
        SigningKey signing = SigningKey.of(rsa);
        for (int kib : new int[] {4, 100}) {
            byte[] message = message(kib);
            for (String form : new String[] {"relaxed/relaxed", "simple/simple"}) {
                whole(kib + " KiB, RSA-2048, " + form, message, "rsa", signing, form);
                whole(kib + " KiB, Ed25519, " + form, message, "ed", ed, form);
            }
        }
    }

    private static void whole(String name, byte[] message, String selector, SigningKey key, String form)
            throws Exception {
        Signer signer = new Signer(
                "example.com",
                selector,
                key,
                SignedHeaders.USUAL,
                Canonicalization.parse(form).orElseThrow(),
                java.util.Optional.empty(),
                java.util.Optional.empty());
        List<Signer> signers = List.of(signer);
        Instant at = Instant.ofEpochSecond(1_800_000_000);
        measure(
                name,
                () -> Signatures.of(message, message.length, HeaderFields.of(message, message.length), signers, at));
    }

    private static byte[] message(int kib) {
        String head =
                "Received: from client.example (client.example [192.0.2.1])\r\n\tby relay.example with ESMTP id 1;\r\n"
                        + "\tMon, 6 Jul 2026 10:00:00 +0000\r\nFrom: Ann <ann@example.com>\r\nTo: bob@example.org\r\n"
                        + "Subject: Hello\r\nDate: Mon, 6 Jul 2026 10:00:00 +0000\r\nMessage-ID: <1@example.com>\r\n"
                        + "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n";
        String line = "  The quick brown fox jumps over the lazy dog, and does so again and again.\r\n";
        return (head + line.repeat(kib * 1024 / line.length())).getBytes(StandardCharsets.US_ASCII);
    }

    private static void measure(String name, Work work) throws Exception {
        run(work, WARM_UP_MILLIS);
        System.out.printf("%-40s %8.1f µs%n", name, run(work, RUN_MILLIS));
    }

    private static double run(Work work, int millis) throws Exception {
        long start = System.nanoTime();
        long end = start + millis * 1_000_000L;
        long times = 0;
        while (System.nanoTime() < end) {
            work.once();
            times++;
        }
        return (System.nanoTime() - start) / 1000.0 / times;
    }
}
