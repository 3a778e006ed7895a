#!/usr/bin/env bash
# Does what the README tells a new user to: ./run (or, with --postgres, that), until the list holds a succeeded and a lost execution, then Ctrl-C. At most two minutes after the start.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p artifacts
data="$(mktemp -d)"
# The server of --postgres runs as another user, who must reach its folder.
chmod 711 "$data"
port="${SMOKE_PORT:-5987}"
export ExecutionGrains__DataPath="$data" ExecutionGrains__Urls="http://127.0.0.1:$port"
./run "$@" > artifacts/smoke.log 2>&1 &
run=$!
trap 'kill -TERM $run 2>/dev/null; wait $run 2>/dev/null || true; rm -rf "$data"' EXIT

count() { # status
  exec 3<>"/dev/tcp/127.0.0.1/$port"
  printf 'GET /v1/executions?status=%s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAuthorization: Bearer %s\r\n\r\n' "$1" "$(cat "$data/admin.key")" >&3
  grep -o '"executionId"' <&3 | wc -l
  exec 3>&-
}

for _ in $(seq 1 240); do grep -q 'Ctrl-C' artifacts/smoke.log && break; read -r -t 0.5 <> <(:) || true; done
SECONDS=0
while [ "$SECONDS" -lt 120 ]; do
  kill -0 "$run" 2>/dev/null || { cat artifacts/smoke.log; echo "./run ended by itself." >&2; exit 1; }
  if [ "$(count succeeded 2>/dev/null || echo 0)" -ge 1 ] && [ "$(count lost 2>/dev/null || echo 0)" -ge 1 ]; then
    echo "./run: a succeeded and a lost execution after $SECONDS s."
    exit 0
  fi
  read -r -t 1 <> <(:) || true
done
cat artifacts/smoke.log
echo "./run: no succeeded and no lost execution within two minutes." >&2
exit 1
