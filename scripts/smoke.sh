#!/usr/bin/env bash
# Starts ./run (with this script's arguments, such as --postgres) as the README says, and waits until a succeeded and a lost execution are listed, at most
# two minutes. Then stops it with Ctrl-C, and again with other signals: each time every process must end, without a stack trace.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p artifacts
data="$(mktemp -d)"
port="${SMOKE_PORT:-5987}"
run=''
trap 'ends; rm -rf "$data" "$data-postgres"' EXIT

ends() { # stops what still runs; kills it after a minute
  [ -n "$run" ] && kill -TERM "$run" 2>/dev/null || return 0
  for _ in $(seq 1 120); do kill -0 "$run" 2>/dev/null || return 0; read -r -t 0.5 <> <(:) || true; done
  kill -KILL -- "-$run" 2>/dev/null || true
}

# Starts ./run in its own process group and waits until all its programs are up. `env` restores SIGINT, which a background job ignores.
start() { # arguments of ./run
  set -m
  ExecutionGrains__DataPath="$data" ExecutionGrains__Urls="http://127.0.0.1:$port" env --default-signal=INT,QUIT ./run "$@" >artifacts/smoke.log 2>&1 &
  set +m
  run=$!
  for _ in $(seq 1 240); do grep -q 'Ctrl-C' artifacts/smoke.log && return; read -r -t 0.5 <> <(:) || true; done
}

left() { # prints the programs that still run; they are known by the data folder in their environment
  grep -lzsx "ExecutionGrains__DataPath=$data" /proc/[0-9]*/environ | while IFS=/ read -r _ _ pid _; do
    { tr '\0' ' ' <"/proc/$pid/cmdline"; } 2>/dev/null || true
  done
}

stops() { # name signal pid; fails if a program is left after a minute or a stack trace was printed
  local before code=0 traces='^ +at |Unhandled|Connection refused'
  # After SIGKILL the programs end in no order, so the sample may find no silo.
  [ "$2" != -KILL ] || traces='^ +at |Unhandled'
  before="$(wc -l <artifacts/smoke.log)"
  SECONDS=0
  kill "$2" -- "$3"
  until { ! kill -0 "$run" 2>/dev/null && [ -z "$(left)" ]; } || [ "$SECONDS" -ge 60 ]; do read -r -t 0.5 <> <(:) || true; done
  if ! kill -0 "$run" 2>/dev/null; then
    wait "$run" || code=$?
    run=''
  fi
  if [ -n "$run" ] || [ -n "$(left)" ] || tail -n "+$((before + 1))" artifacts/smoke.log | grep -E "$traces"; then
    cat artifacts/smoke.log
    echo "./run: $1 (exit code $code after $SECONDS s) left a stack trace or running programs: $(left)" >&2
    exit 1
  fi
  echo "./run: $1 stopped every program within $SECONDS s, exit code $code."
}

count() { # status
  exec 3<>"/dev/tcp/127.0.0.1/$port"
  printf 'GET /v1/executions?status=%s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAuthorization: Bearer %s\r\n\r\n' "$1" "$(cat "$data/admin.key")" >&3
  grep -o '"executionId"' <&3 | wc -l
  exec 3>&-
}

start "$@"
SECONDS=0
seen=''
while [ "$SECONDS" -lt 120 ]; do
  kill -0 "$run" 2>/dev/null || { cat artifacts/smoke.log; echo "./run ended early." >&2; exit 1; }
  if [ "$(count succeeded 2>/dev/null || echo 0)" -ge 1 ] && [ "$(count lost 2>/dev/null || echo 0)" -ge 1 ]; then
    echo "./run: a succeeded and a lost execution after $SECONDS s."
    seen=yes
    break
  fi
  read -r -t 1 <> <(:) || true
done
if [ -z "$seen" ]; then
  cat artifacts/smoke.log
  echo "./run: no succeeded and no lost execution within two minutes." >&2
  exit 1
fi

stops 'Ctrl-C' -INT "-$run"
start "$@"
stops 'a TERM for the whole group' -TERM "-$run"
start "$@"
stops 'a TERM for ./run alone' -TERM "$run"
# Without setpriv the silo would keep running, see ./run.
if setpriv --pdeathsig TERM true 2>/dev/null; then
  start "$@"
  stops 'a KILL of ./run' -KILL "$run"
fi
