#!/bin/bash
# Postrider as an outbound relay in its own directory: everything goes to the sink, 20 connections out, sync = always.
# Modes: plain, dkim (every message signed, RSA-2048), fanout (= plain: every domain has a queue of its own anyway),
# tls (STARTTLS offered, certificate with an EC key of P-256).
. "$(dirname "$0")/lib.sh"
PORT=${PORT:-12621}
HOME_DIR=$(cd "$(dirname "$0")/../.." && pwd)

start_peer() {
  local dkim= tls=
  if [ "$1" = dkim ]; then
    dkim="dkim.signers = [{ domain = \"*\", selector = bench, key-file = \"$DKIM_KEY\", canonicalization = \"relaxed/simple\" }]"
  fi
  if [ "$1" = tls ]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=postrider.test \
      -keyout "$WORK/key.pem" -out "$WORK/certificate.pem" 2>/dev/null
    tls="tls { certificate = \"$WORK/certificate.pem\", key = \"$WORK/key.pem\" }"
  fi
  cat >"$WORK/postrider.conf" <<CF
postrider {
  node { name = "bench", hostname = "postrider.test" }
  data-dir = "$WORK/data"
  sync = ${SYNC:-always}
  smtp.listeners = [{ name = "bench", bind = "127.0.0.1:$PORT", $tls }]
  http.bind = "127.0.0.1:$((PORT+3))"
  metrics.bind = "127.0.0.1:$((PORT+1))"
  admin.bind = "127.0.0.1:$((PORT+2))"
  $dkim
  egress {
    routes { "*" = "127.0.0.1:$SINK" }
    per-site { default { connections = 20, messages-per-connection = 100000 } }
  }
}
CF
  in_cgroup "$HOME_DIR/bin/postrider" run -c "$WORK/postrider.conf" >"$WORK/log" 2>&1 &
  for _ in $(seq 600); do (exec 3<>/dev/tcp/127.0.0.1/$PORT) 2>/dev/null && return; sleep 0.1; done
}
main "$@"
