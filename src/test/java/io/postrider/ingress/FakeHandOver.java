package io.postrider.ingress;

import io.postrider.spool.Reference;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

final class FakeHandOver implements HandOver {

    final List<Reference> offered = new CopyOnWriteArrayList<>();
    volatile boolean congested;

    @Override
    public void offer(List<Reference> references) {
        offered.addAll(references);
    }

    @Override
    public boolean isCongested() {
        return congested;
    }
}
