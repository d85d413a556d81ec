#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# build.sh [BUILD]: on a Mac, Hashira-VERSION.dmg in BUILD (build/macos). Signed and notarised where sign.sh and notarise.sh find what
# they need in the environment. CMAKE_PREFIX_PATH names Qt, gRPC and the others, as Homebrew has them by default.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

[[ $(uname) == Darwin ]] || {
    echo "build.sh: this needs a Mac" >&2
    exit 1
}
readonly kBuild=${1:-build/macos}
if [[ -z ${CMAKE_PREFIX_PATH:-} ]] && command -v brew >/dev/null; then
    CMAKE_PREFIX_PATH=$(brew --prefix)
    export CMAKE_PREFIX_PATH
fi
cmake -S . -B "$kBuild" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_OSX_DEPLOYMENT_TARGET=11.0 -DHASHIRA_DATASTORE=OFF
cmake --build "$kBuild"
rm -f "$kBuild"/Hashira-*.dmg
(cd "$kBuild" && cpack -G DragNDrop)
image=$(ls "$kBuild"/Hashira-*.dmg)
if [[ -n ${HASHIRA_SIGNING_IDENTITY:-} && -n ${HASHIRA_NOTARY_PROFILE:-} ]]; then
    installer/macos/notarise.sh "$image"
else
    echo "not notarised: HASHIRA_SIGNING_IDENTITY and HASHIRA_NOTARY_PROFILE are not both set" >&2
fi
shasum -a 256 "$image"
