package io.postrider.bounce;

import io.postrider.bounce.DeliveryReport.Action;
import io.postrider.bounce.DeliveryReport.Ending;
import io.postrider.mail.EnhancedCode;

/** In plain words, what a recipient's end means for a sender who knows nothing of SMTP (RFC 3463 §3). */
final class Explanation {

    private Explanation() {}

    static String of(Ending ending) {
        if (ending.action() == Action.RELAYED) {
            return "The message was passed on to a server that does not report whether it reaches the mailbox.";
        }
        if (ending.action() == Action.DELAYED) {
            return "The message is still being tried. There is nothing that you need to do.";
        }
        if (ending.expired()) {
            return "No server took the message in all the time that it was tried. It is not tried any more.";
        }
        return ending.reply()
                .enhanced()
                .map(Explanation::of)
                .orElse("The server refused the message for good; what it said is all that is known.");
    }

    private static String of(EnhancedCode code) {
        return switch (code.subject()) {
            case 1 -> address(code.detail());
            case 2 -> mailbox(code.detail());
            case 3 ->
                code.detail() == 4
                        ? "The message is larger than the server takes. A smaller one, or a link, may get through."
                        : "The mail system at the destination could not take the message.";
            case 4 ->
                code.detail() == 6
                        ? "The message went round in a loop. The postmaster of the destination can mend that."
                        : "No server could be reached that takes mail for this address.";
            case 5 -> "The two mail servers did not understand each other.";
            case 6 -> content(code.detail());
            case 7 ->
                code.detail() == 10 || code.detail() == 30
                        ? "The message may only travel encrypted, to servers that prove who they are and ask the same of the"
                                + " next one (REQUIRETLS), and the destination has no such server."
                        : "The server refused the message by its rules, for example because it takes it for spam or knows nothing"
                                + " good of its sender. The postmaster of the destination knows more.";
            default -> "The server refused the message for good; what it said is all that is known.";
        };
    }

    private static String address(int detail) {
        return switch (detail) {
            case 1, 6 -> "There is no such mailbox. Perhaps the address is misspelt or out of use.";
            case 2 -> "There is no such domain. Perhaps the part behind the @ is misspelt.";
            case 3 -> "The server does not take this for an address.";
            case 7, 8 -> "The server does not like the sender's address.";
            case 10 -> "The domain says that it takes no mail at all.";
            default -> "The server does not take mail for this address.";
        };
    }

    private static String mailbox(int detail) {
        return switch (detail) {
            case 1 -> "The mailbox is not in use, or takes no mail.";
            case 2 -> "The mailbox is full. The message may get through at another time.";
            case 3 -> "The message is larger than the mailbox takes.";
            default -> "The mailbox takes no mail.";
        };
    }

    private static String content(int detail) {
        return switch (detail) {
            case 3 -> "The message holds characters that the server cannot take (8-bit).";
            case 7 -> "The address or the message holds letters that the server cannot take (SMTPUTF8).";
            default -> "The server does not take the message for what it contains.";
        };
    }
}
