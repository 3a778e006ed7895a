#!/usr/bin/env bash
# Builds everything and runs every test. Arguments go to each test program: `./test --filter FullyQualifiedName~Fence` selects tests by VSTest's syntax;
# xunit's --filter-class, --filter-method, --filter-namespace, --filter-trait and --filter-query work too.
# Prints the failures, then `N passed, N failed, N skipped` (also in artifacts/test.summary). Fails if a test failed, hung for 10 minutes, or none ran.
set -euo pipefail
cd "$(dirname "$0")"
rm -rf artifacts/test.summary artifacts/test.log artifacts/hangs
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
  # These two start and kill silos in real time, so they get the machine for themselves after the others.
  case "$name" in
    Clusters | Faults) last+=("$module") ;;
    *) together+="$module;" ;;
  esac
done

status=0
# With a filter, most programs have no test to run, which is exit code 8.
[ "$#" = 0 ] || set -- --ignore-exit-code 8 "$@"
# The longest test takes a minute and a half. After 10 minutes without a result the program is killed and the tests that were running are listed.
for modules in "$together" "${last[@]}"; do
  dotnet test --test-modules "$modules" --no-ansi --no-progress --results-directory artifacts/hangs \
    --hangdump --hangdump-timeout 10m --hangdump-type None "${@}" 2>&1 | tee -a artifacts/test.log || status=$?
done
hung="$(cat artifacts/hangs/*_hang.log 2>/dev/null || true)"
[ -z "$hung" ] || printf 'Hung tests, with their run time:\n%s\n' "$hung"
awk -v hung="$(grep -c . <<<"$hung")" '
  /^Test run summary:/ { summary = 1 }
  summary && /^  failed: [0-9]+$/ { failed += $2 }
  summary && /^  succeeded: [0-9]+$/ { passed += $2 }
  summary && /^  skipped: [0-9]+$/ { skipped += $2 }
  /^  duration: / { summary = 0 }
  END { printf "%d passed, %d failed, %d skipped\n", passed, failed + hung, skipped }' artifacts/test.log | tee artifacts/test.summary
if grep -q '^0 passed, 0 failed' artifacts/test.summary; then
  echo "No test ran." >&2
  exit 1
fi
exit "$status"
