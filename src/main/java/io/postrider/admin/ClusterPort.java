package io.postrider.admin;

import java.util.List;

/** Who is in the cluster, as this node sees it. Returns at once. */
public interface ClusterPort {

    /**
     * @param node its name, as far as it is known here
     * @param status as Pekko names it: {@code up, leaving, …}
     */
    record Member(String node, String address, String status, boolean reachable, boolean self) {}

    List<Member> members();
}
