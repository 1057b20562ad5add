package io.postrider.ingress;

import io.postrider.spool.Reference;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

public final class FakeHandOver implements HandOver {

    public final List<Reference> offered = new CopyOnWriteArrayList<>();
    public volatile boolean congested;

    @Override
    public void offer(List<Reference> references) {
        offered.addAll(references);
    }

    @Override
    public boolean isCongested() {
        return congested;
    }
}
