package io.postrider.signing;

import io.postrider.dkim.SigningKey;
import io.postrider.pem.Pem;
import io.postrider.pem.PemException;
import io.postrider.watch.FileState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the keys that signers name. Blocks: at the start, on the thread that watches, and for the command line. */
public final class KeyFiles {

    private KeyFiles() {}

    /** @throws IOException when there is no usable key; names file and line */
    public static SigningKey read(SignerSettings signer) throws IOException {
        Path file = signer.keyFile();
        Optional<char[]> passphrase = Optional.empty();
        if (signer.passphraseFile().isPresent()) {
            passphrase =
                    Optional.of(Pem.passphrase(bytes(signer.passphraseFile().get())));
        }
        byte[] pem = bytes(file);
        try {
            return SigningKey.of(Pem.privateKey(pem, passphrase));
        } catch (PemException wrong) {
            throw new IOException(file + ":" + wrong.line() + ": " + wrong.problem(), wrong);
        } catch (IllegalArgumentException unfit) {
            throw new IOException(file + ": " + unfit.getMessage(), unfit);
        }
    }

    /** Reads every key once. @throws IllegalArgumentException that names the setting, the file and the line */
    public static void check(SigningSettings settings) {
        for (SignerSettings signer : settings.signers()) {
            try {
                read(signer);
            } catch (IOException wrong) {
                throw SignerSettings.wrong(signer.place(), "key-file", String.valueOf(wrong.getMessage()));
            }
        }
    }

    /** Something about a key file that is unwise, by the setting's key. */
    public record Warning(String key, String message) {}

    /** What is unwise about the keys; nothing about those that cannot be read. */
    public static List<Warning> warnings(SigningSettings settings) {
        List<Warning> warnings = new ArrayList<>();
        for (SignerSettings signer : settings.signers()) {
            for (String warning : warnings(signer)) {
                warnings.add(new Warning(signer.place() + ".key-file", warning));
            }
        }
        return warnings;
    }

    static List<String> warnings(SignerSettings signer) {
        List<String> warnings = new ArrayList<>();
        try {
            read(signer).warnings().forEach(warning -> warnings.add(signer.keyFile() + ": " + warning));
            for (Path file : files(signer)) {
                if (FileState.isWorldReadable(file)) {
                    warnings.add(file + ": everybody on this machine may read it; chmod 600 " + file);
                }
            }
        } catch (IOException toldElsewhere) {
            return List.of();
        }
        return warnings;
    }

    /** What is to be watched for one signer. */
    static List<Path> files(SignerSettings signer) {
        List<Path> files = new ArrayList<>(List.of(signer.keyFile()));
        signer.passphraseFile().ifPresent(files::add);
        return files;
    }

    private static byte[] bytes(Path file) throws IOException {
        try {
            if (Files.size(file) > Pem.MOST_BYTES) {
                throw new IOException(file + ": expected a key, but the file has " + Files.size(file) + " bytes");
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException missing) {
            throw new IOException(file + ": there is no such file; bin/postrider dkim generate makes a key", missing);
        }
    }
}
