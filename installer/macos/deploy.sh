#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# deploy.sh Hashira.app: puts in what the programs need of Qt and of other libraries, and nothing else.
set -euo pipefail

readonly kApp=$1
readonly kContents=$kApp/Contents
[[ -x $kContents/MacOS/hashirad ]] || {
    echo "deploy.sh: $kApp has no hashirad" >&2
    exit 1
}
command -v macdeployqt >/dev/null || {
    echo "deploy.sh: macdeployqt is missing; it is in Qt's bin directory" >&2
    exit 1
}

# Only the bundle's own program is looked at unless the others are named.
others=("-executable=$kContents/PlugIns/hashira/libhashira-tray.so")
for program in hashira hashira-board; do
    if [[ -x $kContents/MacOS/$program ]]; then others+=("-executable=$kContents/MacOS/$program"); fi
done
macdeployqt "$kApp" "${others[@]}" -always-overwrite -verbose=1

# The daemon opens SQLite only; drivers of other databases would ask for libraries that are not there.
find "$kContents/PlugIns/sqldrivers" -type f ! -name 'libqsqlite.dylib' -delete
[[ -f $kContents/PlugIns/sqldrivers/libqsqlite.dylib ]] || {
    echo "deploy.sh: Qt's driver for SQLite was not deployed" >&2
    exit 1
}

# Nothing may be looked for where only the building machine has it.
failed=0
while IFS= read -r file; do
    if otool -L "$file" | tail -n +2 | grep -E '^[[:space:]]+/(opt|usr/local|Users)/'; then
        echo "deploy.sh: $file needs the libraries above from this machine" >&2
        failed=1
    fi
done < <(find "$kContents" -type f \( -perm -u+x -o -name '*.dylib' -o -name '*.so' \))
exit "$failed"
