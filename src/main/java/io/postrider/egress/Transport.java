package io.postrider.egress;

/** The handle of one open connection to a server; safe for all threads. */
public final class Transport {}
