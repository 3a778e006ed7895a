#!/usr/bin/env bash
# `scripts/postgres.sh install` installs PostgreSQL's programs if they are missing (for ./test).
# `scripts/postgres.sh run FOLDER` runs a private server on loopback with its data in FOLDER (for ./run --postgres). It prints the connection string
# and stops when its input is closed.
set -euo pipefail

programs() { # prints the folder of the newest version, or nothing
  for folder in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t/ -k5 -nr); do
    [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ] && { echo "$folder"; return; }
  done
  command -v initdb >/dev/null && dirname "$(command -v initdb)" || true
}

install_programs() {
  [ -n "$(programs)" ] && return
  if ! command -v apt-get >/dev/null; then
    echo "PostgreSQL is missing and this machine has no apt-get: install PostgreSQL 14 or newer (initdb, postgres)." >&2
    exit 1
  fi
  local as=''
  if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || { echo "PostgreSQL is missing: sudo apt-get install postgresql" >&2; exit 1; }
    as='sudo -n'
  fi
  echo "Installing PostgreSQL …" >&2
  # Only the programs: without this the package creates and starts a server.
  $as mkdir -p /etc/postgresql-common
  [ -e /etc/postgresql-common/createcluster.conf ] || echo 'create_main_cluster = false' | $as tee /etc/postgresql-common/createcluster.conf >/dev/null
  # If one source does not answer, the existing lists may suffice. A machine that has just booted may hold apt's lock while it updates itself.
  $as env DEBIAN_FRONTEND=noninteractive apt-get update -qq -o DPkg::Lock::Timeout=120 >&2 \
    || echo "apt-get update failed; continuing with the existing lists." >&2
  $as env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq -o DPkg::Lock::Timeout=120 --no-install-recommends postgresql >&2 || true
  [ -n "$(programs)" ] \
    || { echo "PostgreSQL could not be installed, see above. Install PostgreSQL 14 or newer by hand (initdb, postgres, psql, pg_dump)." >&2; exit 1; }
}

run_server() { # folder
  # Ctrl-C reaches every process of the terminal. The server must outlive the silos that use it.
  trap '' INT
  install_programs
  local bin folder="$1" as=() password port
  bin="$(programs)"
  mkdir -p "$folder"
  folder="$(cd "$folder" && pwd)"
  if [ "$(id -u)" = 0 ]; then
    # PostgreSQL refuses to run as root. Its user owns only this folder.
    as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
    chown postgres "$folder"
    "${as[@]}" test -x "$folder" || { echo "The user postgres cannot reach $folder. Set ExecutionGrains__DataPath to a folder that it can." >&2; exit 1; }
  fi
  if [ ! -s "$folder/password" ]; then
    "${as[@]}" sh -c 'umask 077; od -An -N24 -tx1 /dev/urandom | tr -d " \n" > "$1"' sh "$folder/password"
  fi
  password="$(cat "$folder/password")"
  if [ ! -s "$folder/data/PG_VERSION" ]; then
    (cd / && "${as[@]}" "$bin/initdb" -D "$folder/data" -U executiongrains --pwfile="$folder/password" \
      --auth=scram-sha-256 --encoding=UTF8 --locale=C >"/dev/null")
  fi
  port="${POSTGRES_PORT:-$((20000 + RANDOM % 10000))}"
  while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
  # In its own process group, which Ctrl-C does not reach.
  (cd / && exec setsid "${as[@]}" "$bin/postgres" -D "$folder/data" -c port="$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
    -c shared_buffers=256MB -c max_wal_size=4GB -c min_wal_size=1GB -c backend_flush_after=256kB \
    -c logging_collector=on -c log_directory=log) </dev/null >/dev/null 2>&1 &
  local server=$!
  # No time limit: after a crash the server first replays its log.
  until [ "$(sed -n 8p "$folder/data/postmaster.pid" 2>/dev/null | tr -d ' ')" = ready ]; do
    kill -0 "$server" 2>/dev/null || { echo "PostgreSQL did not start: see $folder/data/log" >&2; exit 1; }
    read -r -t 0.2 <> <(:) || true
  done
  trap 'kill -INT "$server" 2>/dev/null' TERM
  echo "Host=127.0.0.1;Port=$port;Database=postgres;Username=executiongrains;Password=$password"
  cat >/dev/null || true
  # Fast shutdown: open transactions are aborted, committed ones are on disk.
  kill -INT "$server" 2>/dev/null || true
  wait "$server" || true
}

case "${1:-}" in
  install) install_programs ;;
  run) run_server "${2:?the folder}" ;;
  *) echo "scripts/postgres.sh install | run FOLDER" >&2; exit 1 ;;
esac
