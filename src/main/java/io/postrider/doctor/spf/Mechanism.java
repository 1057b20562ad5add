package io.postrider.doctor.spf;

import io.postrider.mail.Cidr;
import java.util.Optional;

/** What a directive looks at (RFC 7208 §5). */
sealed interface Mechanism {

    record All() implements Mechanism {}

    record Include(MacroText domain) implements Mechanism {}

    /**
     * @param domain empty: the one whose record it is
     * @param v4 leading bits that count
     * @param v6 leading bits that count
     */
    record A(Optional<MacroText> domain, int v4, int v6) implements Mechanism {}

    /** As with {@link A}. */
    record Mx(Optional<MacroText> domain, int v4, int v6) implements Mechanism {}

    record Ptr(Optional<MacroText> domain) implements Mechanism {}

    record Ip(Cidr network) implements Mechanism {}

    record Exists(MacroText domain) implements Mechanism {}

    /** Whether it costs one of the ten look-ups (RFC 7208 §4.6.4). */
    default boolean looksUp() {
        return switch (this) {
            case All all -> false;
            case Ip ip -> false;
            case Include include -> true;
            case A a -> true;
            case Mx mx -> true;
            case Ptr ptr -> true;
            case Exists exists -> true;
        };
    }
}
