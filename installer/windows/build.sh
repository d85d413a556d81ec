#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016 # what NSIS expands is written as it is
#
# Makes Hashira-VERSION-setup.exe on Debian 12, out of these sources and a sysroot:
#   installer/windows/build.sh [--build DIR] [--out DIR] [--version VERSION] [--tests]
#   installer/windows/build.sh --sysroot-dir    says where the sysroot was unpacked to; 77 where there is none
# The sysroot is HASHIRA_WIN_SYSROOT, an archive or a directory, else ../shared/windows/win-sysroot.tar.zst; see sysroot/build.sh.
# HASHIRA_SIGN=COMMAND is called with each file that is to be signed: see README.md. The same sources, packages and sysroot
# make the same bytes.
set -euo pipefail
umask 022
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=$(dirname "$(dirname "$here")")
readonly here root
readonly kTool=x86_64-w64-mingw32
readonly kCache=${HASHIRA_CACHE_DIR:-/var/tmp}/hashira-win-sysroot

build=$root/build/windows
out=$root/build
version=
tell_sysroot=
tests=

fail() {
    printf 'installer/windows/build.sh: %s\n' "$*" >&2
    exit 1
}

while [[ $# -gt 0 ]]; do
    case $1 in
        --tests) tests=1 ;; # also builds the unit tests that run under Wine
        --build) build=$(realpath -m "$2") && shift ;;
        --out) out=$(realpath -m "$2") && shift ;;
        --version) version=$2 && shift ;; # a test's: what an older or newer one would do
        --sysroot-dir) tell_sysroot=1 ;;
        *) fail "does not know $1; see its first lines" ;;
    esac
    shift
done

# Where the sysroot is as a directory: unpacked once for each archive, outside of the repository.
find_sysroot() {
    local given=${HASHIRA_WIN_SYSROOT:-$root/../shared/windows/win-sysroot.tar.zst} sum fresh
    if [[ -d $given/qt6 ]]; then
        readlink -f "$given"
        return
    fi
    if [[ ! -f $given ]]; then
        printf 'there is no Windows sysroot at %s: see HASHIRA_WIN_SYSROOT in installer/windows/README.md\n' "$given" >&2
        return 77
    fi
    sum=$(sha256sum "$given")
    sum=${sum:0:16}
    if [[ ! -d $kCache/$sum/qt6 ]]; then
        mkdir -p "$kCache"
        fresh=$(mktemp -d "$kCache/fresh.XXXXXX")
        tar --zstd -xf "$given" -C "$fresh"
        chmod 755 "$fresh"
        # Somebody else may have been as fast.
        mv -T "$fresh" "$kCache/$sum" 2>/dev/null || rm -rf "$fresh"
    fi
    printf '%s\n' "$kCache/$sum"
}

# A moment for everything that wants one: that of the commit, or what the caller says.
set_moment() {
    if [[ -z ${SOURCE_DATE_EPOCH:-} ]]; then
        SOURCE_DATE_EPOCH=$(git -C "$root" log -1 --format=%ct 2>/dev/null || stat -c %Y "$root/CHANGELOG.md")
    fi
    export SOURCE_DATE_EPOCH
    export TZ=UTC LC_ALL=C.UTF-8
}

compile() {
    local options=() targets=(hashirad hashira-tray hashira)
    if command -v ccache >/dev/null; then options+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
    if [[ -n $tests ]]; then
        options+=(-DHASHIRA_TESTS=ON)
        targets+=(windows_tests)
    fi
    # For size, which is a goal: what takes time is in the libraries and on the disk.
    cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=MinSizeRel -DCMAKE_TOOLCHAIN_FILE="$here/toolchain.cmake" \
        -DHASHIRA_WIN_SYSROOT="$sysroot" "${options[@]}" >"$build/configure.log" 2>&1 || {
        cat "$build/configure.log" >&2
        fail "cmake could not configure $build"
    }
    if [[ -f $root/app/hashira-board/CMakeLists.txt ]]; then targets+=(hashira-board); fi
    cmake --build "$build" --parallel "$(nproc)" --target "${targets[@]}" >&2
}

# libraries_of FILE: the DLLs that it names.
libraries_of() {
    "$kTool-objdump" -p "$1" | sed -n 's/^\tDLL Name: //p'
}

# Where a DLL of ours is; nothing for those of Windows.
find_library() {
    local directory
    for directory in "$build/bin" "$sysroot/qt6/bin" "$("$kTool-gcc-posix" -print-file-name=)" "/usr/$kTool/lib"; do
        if [[ -f $directory/$1 ]]; then
            printf '%s\n' "$directory/$1"
            return
        fi
    done
}

# stage FILE DIRECTORY: stripped; and all that it needs beside the programs.
stage_file() {
    local name target library found
    name=$(basename "$1")
    target=$stage/$2$name
    if [[ -e $target ]]; then return; fi
    mkdir -p "$(dirname "$target")"
    "$kTool-strip" --strip-unneeded -o "$target" "$1"
    while read -r library; do
        found=$(find_library "$library")
        if [[ -n $found ]]; then stage_file "$found" ""; fi
    done < <(libraries_of "$1")
}

stage_licences() {
    local package
    install -m 644 "$root/LICENSE" "$stage/LICENSE.txt"
    mkdir -p "$stage/licenses"
    install -m 644 "$here/licenses.txt" "$stage/licenses/README.txt"
    while read -r name package; do
        [[ -f /usr/share/doc/$package/copyright ]] || fail "the licence of $name is missing: install $package"
        install -m 644 "/usr/share/doc/$package/copyright" "$stage/licenses/$name.txt"
    done <"$here/licenses.list"
    for name in LGPL-3 GPL-3 GPL-2 Apache-2.0; do install -m 644 "/usr/share/common-licenses/$name" "$stage/licenses/$name.txt"; done
}

stage_all() {
    local plugin program
    rm -rf "$stage"
    mkdir -p "$stage"
    for program in hashira hashira-board hashirad; do
        if [[ -f $build/bin/$program.exe ]]; then stage_file "$build/bin/$program.exe" ""; fi
    done
    stage_file "$build/bin/libhashira-tray.dll" ""
    for plugin in platforms/qwindows sqldrivers/qsqlite styles/qwindowsvistastyle; do
        stage_file "$sysroot/qt6/plugins/$plugin.dll" "$(dirname "$plugin")/"
    done
    stage_licences
    if [[ -n ${HASHIRA_SIGN:-} ]]; then
        for program in "$stage"/hashira*.exe "$stage/hashira-core.dll" "$stage/libhashira-tray.dll"; do "$HASHIRA_SIGN" "$program"; done
    fi
    find "$stage" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
}

# What is installed and removed again, file by file: the libraries first, the programs last.
write_lists() {
    local file directory
    mkdir -p "$lists"
    (
        cd "$stage"
        find . -type f ! -name 'hashira*.exe' -printf '%P\n' | sort
        for file in hashira.exe hashira-board.exe hashirad.exe; do if [[ -f $file ]]; then printf '%s\n' "$file"; fi; done
    ) >"$lists/files.txt"
    while read -r file; do
        directory=$(dirname "$file")
        [[ $directory == . ]] && directory= || directory="\\${directory//\//\\}"
        printf 'SetOutPath "$INSTDIR%s"\nFile "%s/%s"\n' "$directory" "$stage" "$file"
    done <"$lists/files.txt" >"$lists/install.nsh"
    {
        # The programs first: nothing of a half removed one runs.
        tac "$lists/files.txt" | sed 's|/|\\|g; s|.*|Delete "$INSTDIR\\&"|'
        find "$stage" -mindepth 1 -type d -printf '%P\n' | sort -r | sed 's|/|\\|g; s|.*|RMDir "$INSTDIR\\&"|'
    } >"$lists/uninstall.nsh"
}

make_setup() {
    local face=hashirad.exe sign=() size
    if [[ -f $stage/hashira-board.exe ]]; then face=hashira-board.exe; fi
    size=$(find "$stage" -type f -printf '%s\n' | awk '{ sum += $1 } END { print int((sum + 1023) / 1024) }')
    if [[ -n ${HASHIRA_SIGN:-} ]]; then sign=("-X!uninstfinalize '\"$HASHIRA_SIGN\" \"%1\"'" "-X!finalize '\"$HASHIRA_SIGN\" \"%1\"'"); fi
    mkdir -p "$out"
    setup=$out/Hashira-$version-setup.exe
    # In the order of the command line: an exact time of a file is in the archive too.
    makensis -V2 -INPUTCHARSET UTF8 -WX "-DVERSION=$version" "-DSTAGE=$stage" "-DLISTS=$lists" "-DSIZE=$size" "-DFACE=$face" \
        "-DICON=$build/hashira.ico" "-DOUT=$setup" "${sign[@]}" "$here/hashira.nsi" >&2
    printf '%s\n' "$setup"
    printf 'setup: %s bytes; installed: %s KiB in %s files\n' "$(stat -c %s "$setup")" "$size" "$(wc -l <"$lists/files.txt")" >&2
}

sysroot=$(find_sysroot) || exit $?
if [[ -n $tell_sysroot ]]; then
    printf '%s\n' "$sysroot"
    exit 0
fi
for tool in "$kTool-g++-posix" makensis; do
    command -v "$tool" >/dev/null || fail "$tool is missing: see kWindowsPackages in ./dev"
done
if [[ -z $version ]]; then version=$(sed -n 's/^project(hashira VERSION \([0-9.]*\).*/\1/p' "$root/CMakeLists.txt"); fi
readonly stage=$build/stage lists=$build/lists
mkdir -p "$build"
export QT_RCC_SOURCE_DATE_OVERRIDE=1 # else Qt's resources tell when their files were written
compile # in the environment as it is: ccache tells another one apart
set_moment
stage_all
write_lists
make_setup
