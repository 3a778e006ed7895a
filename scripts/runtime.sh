# Sourced by ./run, ./test and .ci/run: needs the .NET SDK, picks the grain runtime and says which.
command -v dotnet >/dev/null || { echo "The .NET SDK 10 is missing: https://dot.net" >&2; exit 1; }
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
if [ -z "${GRAIN_RUNTIME:-}" ]; then
  # Orleans's side of the build is not written yet; until it is, there is one answer.
  GRAIN_RUNTIME=Embedded
fi
case "$GRAIN_RUNTIME" in
  Embedded) ;;
  Orleans) echo "GRAIN_RUNTIME=Orleans is not built yet; see CHANGELOG.md." >&2; exit 1 ;;
  *) echo "GRAIN_RUNTIME is Orleans or Embedded, not '$GRAIN_RUNTIME'." >&2; exit 1 ;;
esac
export GRAIN_RUNTIME
echo "Grain runtime: $GRAIN_RUNTIME"
