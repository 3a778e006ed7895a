# Sourced by ./run, ./test and their like: needs the .NET SDK, picks the grain runtime and says which. Sets GRAIN_RUNTIME and out, the folder of a project's
# programs for it.
command -v dotnet >/dev/null || { echo "The .NET SDK 10 is missing: https://dot.net" >&2; exit 1; }
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
runtime_why=''
if [ -z "${GRAIN_RUNTIME:-}" ]; then
  if dotnet restore scripts/orleans/Orleans.csproj -p:GrainRuntime=Orleans -v quiet >/dev/null 2>&1; then
    GRAIN_RUNTIME=Orleans
  else
    GRAIN_RUNTIME=Embedded runtime_why=" (Orleans's packages do not restore here)"
  fi
fi
case "$GRAIN_RUNTIME" in
  Embedded) out=bin/Release/net10.0 ;;
  Orleans) out=bin/orleans/Release/net10.0 runtime_why=" $(sed -n 's/.*"Microsoft.Orleans.Server" Version="\([^"]*\)".*/\1/p' Directory.Packages.props)" ;;
  *) echo "GRAIN_RUNTIME is Orleans or Embedded, not '$GRAIN_RUNTIME'." >&2; exit 1 ;;
esac
export GRAIN_RUNTIME
echo "Grain runtime: $GRAIN_RUNTIME$runtime_why"
