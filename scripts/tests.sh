#!/usr/bin/env bash
# What ./test and ./faults do: builds everything, runs the test programs of one set, prints the failures, then `N passed, N failed, N skipped` (also in
# artifacts/SET.summary). Fails if a test failed, hung for 10 minutes, or none ran.
# Usage: scripts/tests.sh test|faults [arguments of the test programs]
set -euo pipefail
cd "$(dirname "$0")/.."
set_name="$1"
shift
summary="artifacts/$set_name.summary" log="artifacts/$set_name.log"
rm -rf "$summary" "$log" artifacts/hangs
mkdir -p artifacts/hangs
. scripts/dotnet.sh
scripts/postgres.sh install
. scripts/faketime.sh
dotnet build ExecutionGrains.sln -c Release -nologo -v quiet -clp:NoSummary

# The test projects are those of the solution that use xunit.
together='' last=()
for project in $(grep -o '"[^"]*\.csproj"' ExecutionGrains.sln | tr -d '"' | tr '\\' /); do
  grep -q 'Include="xunit.v3"' "$project" || continue
  name="$(basename "$project" .csproj)"
  module="$(compgen -G "$(dirname "$project")/$out/*$name.dll")" || { echo "$project has no test program in $out." >&2; exit 1; }
  # Clusters and Faults start and kill silos in real time, so each gets the machine for itself after the others. A filter may name any test.
  case "$set_name $name" in
    'test Faults') [ "$#" = 0 ] || last+=("$module") ;;
    'test Clusters' | 'faults Faults') last+=("$module") ;;
    'test '*) together+="$module;" ;;
  esac
done

status=0
# With a filter, most programs have no test to run, which is exit code 8.
[ "$#" = 0 ] || set -- --ignore-exit-code 8 "$@"
# The longest test takes a minute and a half. After 10 minutes without a result the program is killed and the tests that were running are listed.
for modules in ${together:+"$together"} "${last[@]}"; do
  dotnet test --test-modules "$modules" --no-ansi --no-progress --results-directory artifacts/hangs \
    --hangdump --hangdump-timeout 10m --hangdump-type None "${@}" 2>&1 | tee -a "$log" || status=$?
done
hung="$(cat artifacts/hangs/*_hang.log 2>/dev/null || true)"
[ -z "$hung" ] || printf 'Hung tests, with their run time:\n%s\n' "$hung"
awk -v hung="$(grep -c . <<<"$hung")" '
  /^Test run summary:/ { summary = 1 }
  summary && /^  failed: [0-9]+$/ { failed += $2 }
  summary && /^  succeeded: [0-9]+$/ { passed += $2 }
  summary && /^  skipped: [0-9]+$/ { skipped += $2 }
  /^  duration: / { summary = 0 }
  END { printf "%d passed, %d failed, %d skipped\n", passed, failed + hung, skipped }' "$log" | tee "$summary"
if grep -q '^0 passed, 0 failed' "$summary"; then
  echo "No test ran." >&2
  exit 1
fi
exit "$status"
