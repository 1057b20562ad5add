/**
 * Which of a node's keys sign a message, and the threads that do it: signers by domain and tenant, key files that are read
 * again when they change, a bounded pool. Called by {@code ingress} with the final bytes, by the command line and the root;
 * calls {@code dkim}, {@code pem}, {@code watch} and {@code metrics}.
 */
@NullMarked
package io.postrider.signing;

import org.jspecify.annotations.NullMarked;
