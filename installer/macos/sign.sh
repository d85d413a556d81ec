#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# sign.sh Hashira.app: signs it from the inside outwards with HASHIRA_SIGNING_IDENTITY ("Developer ID Application: …"). Without
# one it is signed ad hoc, which is enough for this very machine.
set -euo pipefail

readonly kApp=$1
kHere=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly kHere
readonly kIdentity=${HASHIRA_SIGNING_IDENTITY:--}

options=(--force --options runtime --sign "$kIdentity")
if [[ $kIdentity != - ]]; then options+=(--timestamp); fi

# An outer signature covers the inner ones: first libraries and plugins, then frameworks, programs, and the bundle last.
find "$kApp/Contents" -type f \( -name '*.dylib' -o -name '*.so' \) -print0 |
    xargs -0 -n 1 codesign "${options[@]}"
if [[ -d $kApp/Contents/Frameworks ]]; then
    find "$kApp/Contents/Frameworks" -type d -name '*.framework' -prune -print0 |
        xargs -0 -n 1 codesign "${options[@]}"
fi
for program in "$kApp/Contents/MacOS"/*; do
    # The bundle's own program is signed with the bundle.
    if [[ ${program##*/} == hashirad ]]; then continue; fi
    codesign "${options[@]}" --entitlements "$kHere/entitlements.plist" --identifier "org.hashira.${program##*/}" "$program"
done
codesign "${options[@]}" --entitlements "$kHere/entitlements.plist" "$kApp"
codesign --verify --deep --strict --verbose=2 "$kApp"
