package io.postrider.doctor;

import io.postrider.mail.Domain;
import java.util.List;

/** All remarks on a domain, in the order of the topics. */
public record Report(Domain domain, List<Remark> remarks) {

    public Report {
        remarks = List.copyOf(remarks);
    }

    public List<Remark> on(Topic topic) {
        return remarks.stream().filter(remark -> remark.topic() == topic).toList();
    }

    public long count(Mark mark) {
        return remarks.stream().filter(remark -> remark.mark() == mark).count();
    }

    /** Nothing is to be fixed, and everything could be looked up. */
    public boolean isWell() {
        return count(Mark.FIX) == 0 && count(Mark.UNKNOWN) == 0;
    }
}
