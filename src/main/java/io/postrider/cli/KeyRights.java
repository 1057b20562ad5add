package io.postrider.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postrider.http.Scope;
import io.postrider.key.StoredKey;
import io.postrider.key.StoredKey.Rights;
import io.postrider.mail.SenderDomains;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What a new key is to be good for, as the command line says it, and how it is shown. */
final class KeyRights {

    @Option(
            names = "--scope",
            split = ",",
            paramLabel = "SCOPE",
            description = "send, read or admin (default: send,read; with --admin: admin)")
    private List<String> scopes = new ArrayList<>();

    @Option(
            names = "--domain",
            split = ",",
            paramLabel = "DOMAIN",
            description = "in whose name mail may speak: example.com, '*.example.com' for all below it, '*' for any")
    private List<String> domains = new ArrayList<>();

    @Option(names = "--tenant", paramLabel = "NAME", description = "whose mail alone the key may hand in")
    private String tenant = "";

    @Option(
            names = "--expires",
            paramLabel = "WHEN",
            description = "2027-01-31, 2027-01-31T12:00:00Z, or from now on: 90d, 12h")
    private String expires = "";

    Rights of(CommandSpec spec, boolean admin, Instant now) {
        Set<Scope> wanted = EnumSet.noneOf(Scope.class);
        for (String word : scopes) {
            wanted.add(Scope.of(word)
                    .orElseThrow(() -> wrong(spec, "--scope: expected send, read or admin, but got " + word)));
        }
        if (wanted.isEmpty()) {
            wanted = admin ? EnumSet.of(Scope.ADMIN) : EnumSet.of(Scope.SEND, Scope.READ);
        }
        if (wanted.contains(Scope.SEND) && domains.isEmpty()) {
            throw wrong(
                    spec, "--domain: expected the domains that the key may send in the name of, or '*' for any domain");
        }
        if (!StoredKey.isTenant(tenant)) {
            throw wrong(spec, "--tenant: expected at most " + StoredKey.LONGEST_TENANT + " printable characters");
        }
        try {
            return new Rights(wanted, SenderDomains.parse(domains), tenant.strip(), end(spec, now));
        } catch (IllegalArgumentException notADomain) {
            throw wrong(spec, "--domain: " + notADomain.getMessage());
        }
    }

    private Optional<Instant> end(CommandSpec spec, Instant now) {
        if (expires.isBlank()) {
            return Optional.empty();
        }
        Optional<Instant> end = time(expires, now);
        if (end.filter(now::isBefore).isEmpty()) {
            throw wrong(
                    spec, "--expires: expected a time to come such as 2027-01-31 or 90d, but got '" + expires + "'");
        }
        return end;
    }

    private static Optional<Instant> time(String text, Instant now) {
        try {
            if (text.endsWith("d") || text.endsWith("h")) {
                String iso = text.endsWith("d") ? "P" + text : "PT" + text;
                return Optional.of(now.plus(Duration.parse(iso)).truncatedTo(java.time.temporal.ChronoUnit.SECONDS));
            }
            return Optional.of(
                    text.indexOf('T') > 0
                            ? Instant.parse(text)
                            : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant());
        } catch (DateTimeException | ArithmeticException notATime) {
            return Optional.empty();
        }
    }

    private static ParameterException wrong(CommandSpec spec, String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    static String scopes(Rights rights) {
        return rights.scopes().stream().sorted().map(Scope::word).collect(Collectors.joining(","));
    }

    /** For people. */
    static List<String> lines(Rights rights) {
        List<String> lines = new ArrayList<>();
        lines.add("for   " + scopes(rights));
        if (!rights.domains().texts().isEmpty()) {
            lines.add("from  " + rights.domains());
        }
        if (!rights.tenant().isEmpty()) {
            lines.add("only  tenant " + rights.tenant());
        }
        rights.expiresAt().ifPresent(end -> lines.add("until " + end));
        return lines;
    }

    /** For programs. */
    static void add(Rights rights, ObjectNode object) {
        ArrayNode scopes = object.putArray("scopes");
        rights.scopes().stream().sorted().forEach(scope -> scopes.add(scope.word()));
        ArrayNode domains = object.putArray("domains");
        rights.domains().texts().forEach(domains::add);
        object.put("tenant", rights.tenant());
        object.put("expires_at", rights.expiresAt().map(Instant::toString).orElse(null));
    }
}
