# Sourced by ./test: libfaketime, with which a test steps the clock of a silo's process. Where it cannot be installed that test is skipped and says so.
faketime=/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1
if [ ! -e "$faketime" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  { DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends faketime || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends faketime; }; } >/dev/null 2>&1 || true
fi
