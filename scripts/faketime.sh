# Sourced by ./test and ./soak: installs libfaketime, with which one test moves the clock of a silo's process. Without it that test is skipped and says so.
faketime=/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1
if [ ! -e "$faketime" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  install_faketime() { DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends faketime; }
  { install_faketime || { apt-get update -qq && install_faketime; }; } >/dev/null 2>&1 || true
fi
