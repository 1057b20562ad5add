package io.postrider.signing;

import com.typesafe.config.Config;
import java.util.ArrayList;
import java.util.List;

/**
 * How outgoing mail is signed.
 *
 * @param threads that sign; at least 1
 * @param maxWaiting messages that may wait for one of them
 * @param maxWaitingBytes of these messages; a single larger one may wait alone
 */
public record SigningSettings(List<SignerSettings> signers, int threads, int maxWaiting, long maxWaitingBytes) {

    public SigningSettings {
        signers = List.copyOf(signers);
        check("threads", threads, 1, 1024);
        check("max-waiting", maxWaiting, 1, 1_000_000);
        check("max-waiting-bytes", maxWaitingBytes, 1024, 1L << 40);
    }

    /** @param config the settings under {@code postrider} */
    public static SigningSettings from(Config config) {
        Config dkim = config.getConfig("dkim");
        Config defaults = dkim.getConfig("signer-defaults");
        List<SignerSettings> signers = new ArrayList<>();
        for (Config signer : dkim.getConfigList("signers")) {
            String place = "postrider.dkim.signers[" + signers.size() + "]";
            signers.add(SignerSettings.from(signer.withFallback(defaults), place));
        }
        int threads = dkim.getInt("threads");
        return new SigningSettings(
                signers,
                threads == 0 ? Runtime.getRuntime().availableProcessors() : threads,
                dkim.getInt("max-waiting"),
                dkim.getBytes("max-waiting-bytes"));
    }

    private static void check(String key, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "postrider.dkim." + key + ": expected " + least + " to " + most + ", but got " + value);
        }
    }
}
