package io.postrider.sts;

import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** What MTA-STS asks the DNS. Stages complete on the resolver's threads and never fail. */
public interface Names {

    /** The texts at a name, or why nobody knows. */
    sealed interface Texts {
        /** @param texts each with its strings joined; empty when there are none */
        record Found(List<String> texts) implements Texts {
            public Found {
                texts = List.copyOf(texts);
            }
        }

        record Unknown(String reason) implements Texts {}
    }

    /**
     * @param addresses that we may connect to, in the order in which to try them
     * @param problem why there are none
     */
    record Addresses(List<InetAddress> addresses, String problem) {
        public Addresses {
            addresses = List.copyOf(addresses);
        }
    }

    CompletionStage<Texts> texts(String name);

    CompletionStage<Addresses> addresses(String host);
}
