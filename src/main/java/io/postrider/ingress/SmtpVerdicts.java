package io.postrider.ingress;

import io.postrider.mail.Reply;

/** The reply to the end of data for each verdict. */
final class SmtpVerdicts {

    private SmtpVerdicts() {}

    static Reply reply(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Accepted accepted -> Reply.of(250, "2.0.0", "queued as " + accepted.id());
            case Verdict.Repeated repeated -> Reply.of(250, "2.0.0", "queued as " + repeated.id());
            case Verdict.Refused refused -> refusal(refused);
        };
    }

    private static Reply refusal(Verdict.Refused refused) {
        return switch (refused.why()) {
            case CONGESTED -> Reply.of(452, "4.3.1", refused.detail());
            case FAILED -> Reply.of(451, "4.3.0", refused.detail());
            case UNSIGNED -> Reply.of(451, "4.7.5", refused.detail());
            case IN_FLIGHT -> Reply.of(451, "4.5.0", refused.detail());
            case HEADER_TOO_LARGE -> Reply.of(552, "5.3.4", refused.detail());
            case LOOP -> Reply.of(554, "5.4.6", refused.detail());
            case NOT_YOURS -> Reply.of(550, "5.7.1", refused.detail());
            case BAD_FIELD, OTHER_PAYLOAD -> Reply.of(550, "5.6.0", refused.detail());
        };
    }
}
