# Sourced by ./run, ./test and their like: checks for the .NET SDK and silences its banner.
command -v dotnet >/dev/null || { echo "The .NET SDK 10 is missing: https://dot.net" >&2; exit 1; }
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
out=bin/Release/net10.0
