# Sourced by the other scripts: checks for the .NET SDK, silences its banner, and sets $out, a project's folder for Release builds.
command -v dotnet >/dev/null || { echo "The .NET SDK 10 is missing: https://dot.net" >&2; exit 1; }
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
out=bin/Release/net10.0
