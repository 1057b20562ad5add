package io.postrider.http;

import java.util.Optional;

/** The keys that are valid now. Safe for all threads, returns at once. */
public interface ApiKeys {

    /** No keys: trust goes by address alone. */
    ApiKeys NONE = new ApiKeys() {
        @Override
        public boolean isEmpty() {
            return true;
        }

        @Override
        public Optional<ApiKey> find(String presented) {
            return Optional.empty();
        }
    };

    /** True when there is no key that anybody could present. */
    boolean isEmpty();

    /** The key that {@code presented} is, as a client wrote it behind {@code Bearer}; empty when it is none of ours. */
    Optional<ApiKey> find(String presented);
}
