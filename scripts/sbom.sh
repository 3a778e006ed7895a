#!/usr/bin/env bash
# Writes the bill of materials of the silo, every package with its version, hash and license, in CycloneDX format: artifacts/sbom/silo.cdx.json.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/dotnet.sh >&2
version=6.3.1
tool="$PWD/artifacts/tools/cyclonedx-$version"
[ -x "$tool/dotnet-CycloneDX" ] || dotnet tool install CycloneDX --version "$version" --tool-path "$tool" >&2
"$tool/dotnet-CycloneDX" src/Silo/Silo.csproj --output artifacts/sbom --filename silo.cdx.json --output-format Json --disable-package-restore --exclude-dev >&2
packages="$(grep -c '"purl"' artifacts/sbom/silo.cdx.json)"
[ "$packages" -gt 20 ] || { echo "The bill of materials lists only $packages packages." >&2; exit 1; }
echo "artifacts/sbom/silo.cdx.json: $packages packages"
