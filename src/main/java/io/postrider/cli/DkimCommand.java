package io.postrider.cli;

import com.typesafe.config.Config;
import io.postrider.Configuration;
import io.postrider.dkim.SigningKey;
import io.postrider.mail.Domain;
import io.postrider.route.DnsRecords;
import io.postrider.route.DnsRecords.Found;
import io.postrider.signing.KeyFiles;
import io.postrider.signing.NewKey;
import io.postrider.signing.RecordCheck;
import io.postrider.signing.SignerSettings;
import io.postrider.signing.SigningSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code postrider dkim}: keys that sign mail, and their records in DNS. Asks no node. */
@Command(
        name = "dkim",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "generate|check",
        description = "Makes keys that sign outgoing mail, and compares those of a configuration with DNS.",
        subcommands = {DkimCommand.Generate.class, DkimCommand.Check.class})
final class DkimCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "expected generate or check");
    }

    /** What can be made. */
    enum Algorithm {
        RSA,
        ED25519
    }

    @Command(
            name = "generate",
            mixinStandardHelpOptions = true,
            description = "Makes a key, writes it for its owner alone, and prints the DNS record. Overwrites nothing.")
    static final class Generate implements Callable<Integer> {

        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli
        private CommandSpec spec;

        @Option(names = "--domain", required = true, paramLabel = "DOMAIN", description = "the domain that vouches, d=")
        private String domain = "";

        @Option(
                names = "--selector",
                required = true,
                paramLabel = "NAME",
                description = "tells the keys of a domain apart, s=: mail, or 2026a")
        private String selector = "";

        @Option(names = "--algorithm", description = "rsa (default), which everybody verifies, or ed25519")
        private Algorithm algorithm = Algorithm.RSA;

        @Option(names = "--bits", description = "of an RSA key, 1024 to 4096 (default: 2048)")
        private Optional<Integer> bits = Optional.empty();

        @Option(
                names = "--out",
                paramLabel = "FILE",
                description = "where to write the key (default: conf/dkim/SELECTOR.DOMAIN.pem)")
        private Optional<Path> out = Optional.empty();

        @Override
        public Integer call() throws IOException, GeneralSecurityException {
            String name = host("--domain", domain);
            String place = host("--selector", selector);
            int size = bits.orElse(2048);
            if (size < 1024 || size > 4096) {
                throw new ParameterException(
                        spec.commandLine(), "--bits: expected 1024 to 4096 (RFC 8301), but got " + size);
            }
            if (algorithm == Algorithm.ED25519 && bits.isPresent()) {
                throw new ParameterException(
                        spec.commandLine(), "--bits: expected an RSA key; every ed25519 key has 256");
            }
            Path file = out.orElse(Path.of("conf", "dkim", place + "." + name + ".pem"));
            PrivateKey made =
                    switch (algorithm) {
                        case RSA -> NewKey.rsa(size);
                        case ED25519 -> NewKey.ed25519();
                    };
            try {
                NewKey.write(made, file);
            } catch (FileAlreadyExistsException exists) {
                throw new IOException(
                        file + " is there already and stays as it is; name another file with --out", exists);
            }
            SigningKey key = SigningKey.of(made);
            PrintWriter print = spec.commandLine().getOut();
            print.println("The key is in " + file + ", readable by its owner alone. Keep it secret.");
            key.warnings().forEach(warning -> print.println("Note: " + warning));
            print.println();
            print.println("Publish this record:");
            print.println(NewKey.zoneLine(place, name, key));
            print.println();
            print.println("When DNS has it (bin/postrider dkim check tells), sign with it, in postrider.dkim.signers:");
            print.println("{ domain = \"" + name + "\", selector = \"" + place + "\", key-file = \"" + file + "\" }");
            print.flush();
            return 0;
        }

        private String host(String option, String text) {
            return Domain.parse(text)
                    .filter(parsed -> !parsed.isLiteral())
                    .map(Domain::name)
                    .orElseThrow(() -> new ParameterException(
                            spec.commandLine(),
                            option + ": expected a name of letters, digits and dots, but got " + text));
        }
    }

    @Command(
            name = "check",
            mixinStandardHelpOptions = true,
            description = "Compares the keys of a configuration with what DNS holds. Exit code 0 when all agree.")
    static final class Check implements Callable<Integer> {

        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli
        private CommandSpec spec;

        @Mixin
        private ConfigurationOptions configuration = new ConfigurationOptions();

        @Override
        public Integer call() throws IOException {
            Config postrider = Configuration.load(configuration.file(), configuration.overrides())
                    .postrider();
            List<SignerSettings> signers = SigningSettings.from(postrider).signers();
            Terminal terminal = Terminal.standard(spec.commandLine().getOut());
            if (signers.isEmpty()) {
                terminal.line("postrider.dkim.signers is empty: no mail is signed");
                return 0;
            }
            DnsRecords dns = DnsRecords.from(postrider);
            boolean allWell = true;
            for (SignerSettings signer : signers) {
                allWell &= isWell(signer, dns, terminal);
            }
            return allWell ? 0 : 1;
        }

        private static boolean isWell(SignerSettings signer, DnsRecords dns, Terminal terminal) throws IOException {
            if (signer.signAs().isEmpty()) {
                terminal.line(
                        "open     " + signer.place() + ": signs for any author's domain; each must have the record "
                                + NewKey.recordName(signer.selector(), "DOMAIN"));
                return true;
            }
            String domain = signer.signAs().get().name();
            String name = NewKey.recordName(signer.selector(), domain);
            SigningKey key = KeyFiles.read(signer);
            return switch (dns.find(name, DnsRecords.Kind.TXT)) {
                case Found.Unknown unknown -> {
                    terminal.line(terminal.red("unknown  ") + name + ": DNS does not answer: " + unknown.reason());
                    yield false;
                }
                case Found.None none -> compare(signer, key, List.of(), terminal);
                case Found.Records found -> compare(signer, key, found.values(), terminal);
            };
        }

        private static boolean compare(SignerSettings signer, SigningKey key, List<String> texts, Terminal terminal) {
            String domain = signer.signAs().orElseThrow().name();
            String name = NewKey.recordName(signer.selector(), domain);
            boolean below = signer.identity()
                    .filter(identity -> !identity.endsWith("@" + domain))
                    .isPresent();
            List<RecordCheck.Problem> problems = RecordCheck.problems(key, texts, below);
            problems.forEach(problem -> terminal.line(terminal.red("wrong    ") + name + ": " + problem.words()));
            if (problems.isEmpty()) {
                terminal.line(terminal.green("well     ") + name + ": " + key.algorithm() + " by " + signer.keyFile());
            } else {
                terminal.line("         " + NewKey.zoneLine(signer.selector(), domain, key));
            }
            return problems.isEmpty();
        }
    }
}
