package io.postrider.ingress;

import io.postrider.metrics.Meters;
import io.postrider.smtp.AuthVerdict;
import io.postrider.smtp.sasl.Claim;
import io.postrider.user.FailedLogins;
import io.postrider.user.LoginSettings;
import io.postrider.user.Logins;
import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who may log in at the SMTP listeners of a node, and who tried too often. Safe for all threads. */
public final class Door {

    private static final Logger log = LoggerFactory.getLogger(Door.class);

    private static final AuthVerdict BUSY = new AuthVerdict.Busy();
    private static final AuthVerdict REFUSED = new AuthVerdict.Refused();
    private static final AuthVerdict TOO_MANY = new AuthVerdict.TooMany();

    private final LoginSettings settings;
    private final Logins logins;
    private final FailedLogins failed;
    private final Meters meters;
    private final AtomicLong failures = new AtomicLong();

    /** @param ticker nanoseconds that only go forward */
    public Door(LoginSettings settings, Logins logins, Meters meters, LongSupplier ticker) {
        this.settings = settings;
        this.logins = logins;
        this.failed = new FailedLogins(settings, ticker);
        this.meters = meters;
    }

    LoginSettings settings() {
        return settings;
    }

    Logins logins() {
        return logins;
    }

    /** Whether this client may not even try. */
    boolean isRefused(InetAddress client) {
        return failed.isRefused(client);
    }

    /** Log-ins that failed since the start. */
    long failures() {
        return failures.get();
    }

    /** Never fails. Completes at once or on another thread. */
    CompletionStage<AuthVerdict> decide(Claim claim, String listener, String session, InetAddress client) {
        if (failed.isRefused(client)) {
            return CompletableFuture.completedStage(TOO_MANY);
        }
        return logins.check(claim)
                .thenApply(finding -> verdict(finding, claim, listener, session, client))
                .exceptionally(bug -> {
                    log.error("listener={} session={} a log-in could not be looked at", listener, session, bug);
                    return BUSY;
                });
    }

    private AuthVerdict verdict(
            Logins.Finding finding, Claim claim, String listener, String session, InetAddress client) {
        return switch (finding) {
            case Logins.Finding.Right right -> {
                meters.loggedIn();
                yield new AuthVerdict.Admitted(right.identity());
            }
            case Logins.Finding.Wrong wrong -> {
                meters.loginFailed();
                boolean tooMany = failed.failed(client);
                failures.incrementAndGet();
                if (tooMany) {
                    // A name that is nobody's may be a password in the wrong place, so it is not told.
                    log.warn(
                            "listener={} session={} client={} had {} failed log-ins, the last for {}, and is refused for {}",
                            listener,
                            session,
                            client.getHostAddress(),
                            settings.maxFailures(),
                            wrong.known() ? claim.user() : "nobody that we know",
                            settings.refuseFor());
                }
                yield REFUSED;
            }
            case Logins.Finding.Busy busy -> BUSY;
        };
    }
}
