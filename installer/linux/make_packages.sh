#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# make_packages.sh BUILD OUT [DEB|RPM]…: the packages of what was built in BUILD, into OUT, by CPack; prints their paths.
# The same source gives the same bytes, whoever packs it, where and when: times are the changelog's, umask, zone and words are ours.
set -euo pipefail

readonly kBuild=$1 kOut=$2
shift 2
kHere=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
umask 022
SOURCE_DATE_EPOCH=$(date -d "$(sed -n 's/^ -- .*>  //p' "$kHere/deb/changelog" | head -n 1)" +%s)
export SOURCE_DATE_EPOCH TZ=UTC LC_ALL=C.UTF-8

mkdir -p "$kOut"
for kind in "$@"; do
    work=$kOut/work-$kind
    rm -rf "$work"
    mkdir "$work"
    cpack --config "$kBuild/CPackConfig.cmake" -G "$kind" -B "$work" >"$kOut/$kind.log" 2>&1 || {
        tail -n 30 "$kOut/$kind.log" >&2
        echo "cpack could not make the .${kind,,}" >&2
        exit 1
    }
    for file in "$work"/*."${kind,,}"; do
        mv "$file" "$kOut/"
        printf '%s\n' "$kOut/${file##*/}"
    done
    rm -rf "$work"
done
