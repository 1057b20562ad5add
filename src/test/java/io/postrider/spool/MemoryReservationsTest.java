package io.postrider.spool;

class MemoryReservationsTest extends ReservationsContract {

    private final MemoryReservations reservations = new MemoryReservations(KEEP);

    @Override
    Reservations reservations() {
        return reservations;
    }

    @Override
    void restart() {}
}
