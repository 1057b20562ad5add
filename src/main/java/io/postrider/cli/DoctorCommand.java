package io.postrider.cli;

import com.typesafe.config.Config;
import io.postrider.Configuration;
import io.postrider.cli.doctor.ReportText;
import io.postrider.cli.doctor.RoutedAddress;
import io.postrider.cli.doctor.SmtpProbe;
import io.postrider.doctor.Doctor;
import io.postrider.doctor.GivenAddress;
import io.postrider.doctor.Mark;
import io.postrider.doctor.MxProbe;
import io.postrider.doctor.Report;
import io.postrider.mail.Domain;
import io.postrider.mail.IpLiteral;
import io.postrider.route.DnsRecords;
import io.postrider.route.RouteSettings;
import io.postrider.tls.ClientTlsSettings;
import io.postrider.tls.PeerCheck;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code postrider doctor}: why receivers may distrust mail of a domain, and what to do. Asks no node. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description =
                "Looks at a sender's domain as receivers do, with this configuration's sources and keys: SPF, DKIM,"
                        + " DMARC, names of addresses, and the domain's mail servers. Says what to fix; changes nothing. Exit code 0"
                        + " when nothing is to be fixed and everything could be looked up, else 1.")
final class DoctorCommand implements Callable<Integer> {

    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(5);
    private static final Duration TALK_WITHIN = Duration.ofSeconds(15);

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Mixin
    private ConfigurationOptions configuration = new ConfigurationOptions();

    @Parameters(paramLabel = "DOMAIN", description = "of the author, as in From, and of MAIL FROM")
    private String domain = "";

    @Option(
            names = "--address",
            paramLabel = "[SOURCE=]IP",
            description = "receivers see mail come from there: for sources behind a NAT or a smarthost, or without an"
                    + " address of their own; may be repeated")
    private List<String> addresses = new ArrayList<>();

    @Option(names = "--no-connect", description = "do not talk to the domain's mail servers")
    private boolean noConnect;

    @Option(names = "--json", description = "for machines")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        Domain about = Domain.parse(domain)
                .filter(name -> !name.isLiteral())
                .orElseThrow(() -> wrong("DOMAIN: expected a domain such as example.com, but got " + domain));
        List<GivenAddress> given = addresses.stream().map(this::given).toList();
        Config postrider = Configuration.load(configuration.file(), configuration.overrides())
                .postrider();
        Optional<MxProbe> probe = noConnect ? Optional.empty() : Optional.of(probe(postrider));
        Doctor doctor = Doctor.with(
                postrider,
                new Doctor.Instruments(
                        DnsRecords.from(postrider), new RoutedAddress(), probe, Instant.now(), System::nanoTime));
        for (GivenAddress one : given) {
            if (one.source().filter(name -> !doctor.knows(name)).isPresent()) {
                throw wrong("--address: there is no source " + one.source().get() + " in egress.sources");
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        Terminal terminal = Terminal.standard(out);
        if (!json) {
            terminal.progress("looking at " + about + " …");
        }
        Report report = doctor.examine(about, given);
        if (json) {
            out.println(ReportText.json(report));
            out.flush();
        } else {
            ReportText.lines(report, (mark, word) -> painted(terminal, mark, word))
                    .forEach(terminal::line);
        }
        return report.isWell() ? 0 : 1;
    }

    private static MxProbe probe(Config postrider) throws IOException {
        RouteSettings routes = RouteSettings.from(postrider);
        ClientTlsSettings tls = ClientTlsSettings.from(postrider.getConfig("egress.tls"), "postrider.egress.tls");
        return new SmtpProbe(
                routes.port(), routes.hostname(), PeerCheck.with(tls.terms()), CONNECT_WITHIN, TALK_WITHIN);
    }

    private GivenAddress given(String text) {
        int equals = text.indexOf('=');
        Optional<String> source = equals < 0 ? Optional.empty() : Optional.of(text.substring(0, equals));
        return IpLiteral.parse(text.substring(equals + 1))
                .map(address -> new GivenAddress(source, address))
                .orElseThrow(() -> wrong("--address: expected an IP address or SOURCE=IP, but got " + text));
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private static String painted(Terminal terminal, Mark mark, String word) {
        return switch (mark) {
            case OK -> terminal.green(word);
            case NOTE -> terminal.dim(word);
            case WARN, UNKNOWN -> terminal.bold(word);
            case FIX -> terminal.red(word);
        };
    }
}
