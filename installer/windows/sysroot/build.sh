#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Builds the Windows sysroot from Debian's source packages, which sources.lock pins by checksum:
#   installer/windows/sysroot/build.sh [--work DIR] [fetch | COMPONENT… | pack]
# Without a word: fetches all, builds all, packs build/win-sysroot.tar.zst. About 50 CPU minutes; on Debian 12 with the packages of
# kWindowsPackages and kBuildPackages in ./dev, and tclsh, unicode-data, python3, perl. A component that was built is not built
# again. Components, in the order that they need each other: sqlite abseil protobuf c-ares re2 openssl grpc qt qtkeychain.
#
# The sources come from where this machine's apt gets its packages, by a list of its own beside /etc/apt. Point releases take old
# versions away: then it says which is gone, and stops. A file that was kept is used when it lies in DIR/sources.
set -euo pipefail
umask 022
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=$(dirname "$(dirname "$(dirname "$here")")")
readonly here root
readonly kTool=x86_64-w64-mingw32
readonly kAll=(sqlite abseil protobuf c-ares re2 openssl grpc qt qtkeychain)

work=$root/build/sysroot
if [[ ${1:-} == --work ]]; then
    work=$(realpath -m "$2")
    shift 2
fi
readonly work sources=$work/sources prefix=$work/prefix

say() { printf '%s\n' "$*" >&2; }
fail() {
    say "installer/windows/sysroot/build.sh: $*"
    exit 1
}

# --- sources ---

# apt_for RELEASE WORDS…: apt with the machine's own sources as deb-src, of that release; empty: of its own.
apt_for() {
    local release=$1 etc file own
    etc=$work/apt/${release:-own}
    shift
    if [[ ! -d $etc/list ]]; then
        mkdir -p "$etc/list.new" "$etc/lists/partial" "$etc/cache/archives/partial"
        for file in /etc/apt/sources.list.d/*.sources; do
            [[ -f $file ]] && sed 's/^Types:.*/Types: deb-src/' "$file" >"$etc/list.new/$(basename "$file")"
        done
        for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
            [[ -f $file ]] && sed -n 's/^deb \(.*\)/deb-src \1/p' "$file" >"$etc/list.new/$(basename "$file" .list).list"
        done
        if [[ -n $release ]]; then
            # Of what is named after this machine's release, what has a name of its own (its updates, its security) stays away.
            own=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
            sed -i "/^Suites:/s/\b$own\(-[a-z]*\)\?\b/$release\1/g; /^deb-src /s/\b$own\b/$release/g" "$etc"/list.new/*
        fi
        mv "$etc/list.new" "$etc/list"
        apt_for "$release" get update -qq
    fi
    "apt-$1" -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$etc/list" -o Dir::State::lists="$etc/lists" \
        -o Dir::Cache="$etc/cache" -o APT::Sandbox::User=root "${@:2}"
}

# lock LINES: "sum file package=version release" of each pinned file.
lock_lines() { grep -v '^#' "$here/sources.lock"; }

good() { [[ -f $sources/$2 && $(sha256sum <"$sources/$2") == "$1  -" ]]; }

fetch() {
    local sum file pinned release missing=0 had
    mkdir -p "$sources"
    cd "$sources"
    while read -r sum file pinned release; do
        if good "$sum" "$file"; then continue; fi
        say "fetching $pinned"
        apt_for "$release" get source --download-only -qq "$pinned" >"$work/fetch.log" 2>&1 || true
        if good "$sum" "$file"; then continue; fi
        missing=1
        if [[ -f $file ]]; then
            say "WRONG: $file does not have the checksum of sources.lock: it is not what the sysroot was built from"
        else
            had=$(apt_for "$release" cache showsrc "${pinned%%=*}" 2>/dev/null | sed -n 's/^Version: //p' | sort -V | tail -n 1)
            say "GONE: $file of $pinned cannot be had any more (there is now: ${had:-nothing})"
        fi
    done < <(lock_lines)
    if [[ $missing -ne 0 ]]; then
        fail "put a kept copy of what is gone into $sources, or move the lock to what there is and try the programs with it"
    fi
    say "all $(lock_lines | wc -l) files of sources.lock are there, and are what they were"
}

# unpack NAME: the original source, without Debian's patches; its directory.
unpack() {
    local archive directory=$work/source/$1
    archive=$(lock_lines | awk -v name="$1" '$3 ~ "^" name "=" && $2 ~ /\.orig\.tar/ { print $2 }')
    [[ -f $sources/$archive ]] || fail "the source of $1 is not there: fetch first"
    rm -rf "$directory"
    mkdir -p "$directory"
    tar -xf "$sources/$archive" -C "$directory" --strip-components 1
    printf '%s\n' "$directory"
}

# --- components ---

# cross NAME SOURCE OPTIONS…: configures with CMake, builds TARGETS (or all) and installs.
cross() {
    local name=$1 source=$2 target
    shift 2
    cmake -S "$source" -B "$work/build/$name" -G Ninja -DCMAKE_TOOLCHAIN_FILE="$here/toolchain.cmake" -DCMAKE_BUILD_TYPE=Release \
        -DCMAKE_INSTALL_PREFIX="$prefix" -DCMAKE_FIND_ROOT_PATH="/usr/$kTool;$prefix;$prefix/qt6" "$@"
    for target in "${targets[@]:-all}"; do cmake --build "$work/build/$name" --parallel "$(nproc)" --target "$target"; done
}

sqlite() {
    local source
    source=$(unpack sqlite3)
    (cd "$source" && ./configure --disable-tcl >/dev/null && make sqlite3.c >/dev/null)
    "$kTool-gcc-posix" -O2 -DSQLITE_ENABLE_COLUMN_METADATA -DSQLITE_THREADSAFE=1 -c "$source/sqlite3.c" -o "$source/sqlite3.o"
    install -D -m 644 -t "$prefix/include" "$source/sqlite3.h" "$source/src/sqlite3ext.h"
    mkdir -p "$prefix/lib"
    rm -f "$prefix/lib/libsqlite3.a"
    "$kTool-ar" rcsD "$prefix/lib/libsqlite3.a" "$source/sqlite3.o"
}

abseil() {
    cross abseil "$(unpack abseil)" -DCMAKE_CXX_STANDARD=17 -DABSL_PROPAGATE_CXX_STD=ON -DBUILD_TESTING=OFF
    cmake --install "$work/build/abseil"
}

protobuf() {
    cross protobuf "$(unpack protobuf)" -Dprotobuf_BUILD_TESTS=OFF -Dprotobuf_BUILD_PROTOC_BINARIES=OFF -Dprotobuf_BUILD_SHARED_LIBS=OFF
    cmake --install "$work/build/protobuf"
}

c-ares() {
    # mingw-w64 lacks the three numbers of nameser.h.
    cross c-ares "$(unpack c-ares)" -DCARES_STATIC=ON -DCARES_SHARED=OFF -DCARES_BUILD_TOOLS=OFF \
        -DCMAKE_C_FLAGS="-DINADDRSZ=4 -DIN6ADDRSZ=16 -DINT16SZ=2"
    cmake --install "$work/build/c-ares"
}

re2() {
    local source
    source=$(unpack re2)
    # Debian takes the tables out of the source, since they are generated: from unicode-data, by what is beside them.
    (
        cd "$source/re2"
        sed -i "s|^_UNICODE_DIR = .*|_UNICODE_DIR = '/usr/share/unicode'|" unicode.py
        [[ -f unicode_groups.cc ]] || python3 make_unicode_groups.py >unicode_groups.cc
        [[ -f unicode_casefold.cc ]] || python3 make_unicode_casefold.py >unicode_casefold.cc
        [[ -f perl_groups.cc ]] || perl make_perl_groups.pl >perl_groups.cc
    )
    cross re2 "$source" -DRE2_BUILD_TESTING=OFF
    cmake --install "$work/build/re2"
}

openssl() {
    local source
    source=$(unpack openssl)
    (
        cd "$source"
        ./Configure mingw64 --cross-compile-prefix="$kTool-" CC=gcc-posix --prefix="$prefix" --libdir=lib --openssldir=/nowhere \
            no-shared no-tests no-engine
        make -j"$(nproc)" build_libs >/dev/null
        make install_dev >/dev/null
    )
}

grpc() {
    local library source
    source=$(unpack grpc)
    # Protocols of tests, which it would fetch from elsewhere at once where they are missing.
    mkdir -p "$source"/third_party/{envoy-api,googleapis,opencensus-proto/src,xds}
    local targets=(grpc++ grpc++_reflection)
    cross grpc "$source" -DgRPC_BUILD_TESTS=OFF -DgRPC_BUILD_CODEGEN=ON -DgRPC_INSTALL=OFF -DCMAKE_CXX_STANDARD=17 \
        -DgRPC_ABSL_PROVIDER=package -DgRPC_CARES_PROVIDER=package -DgRPC_PROTOBUF_PROVIDER=package -DgRPC_RE2_PROVIDER=package \
        -DgRPC_SSL_PROVIDER=package -DgRPC_ZLIB_PROVIDER=package -D_gRPC_PROTOBUF_PROTOC_EXECUTABLE="$(command -v protoc)" \
        -DProtobuf_PROTOC_LIBRARY="$prefix/lib/libprotobuf.a"
    for library in grpc++ grpc++_reflection grpc gpr address_sorting upb; do
        install -D -m 644 -t "$prefix/lib" "$work/build/grpc/lib$library.a"
    done
    cp -r "$source"/include/{grpc,grpc++,grpcpp} "$prefix/include/"
}

qt() {
    local host source
    host=$(dirname "$(echo /usr/lib/*/cmake/Qt6HostInfo)")
    source=$(unpack qt6-base)
    # The fonts of DirectWrite come with the feature of Direct2D; the platform of that name does not compile.
    sed -i '/add_subdirectory(direct2d)/d' "$source/src/plugins/platforms/CMakeLists.txt"
    cross qt "$source" -DCMAKE_INSTALL_PREFIX="$prefix/qt6" -DQT_HOST_PATH=/usr -DQT_HOST_PATH_CMAKE_DIR="$host" \
        -DQT_QMAKE_TARGET_MKSPEC=win32-g++ -DQT_BUILD_TOOLS_WHEN_CROSSCOMPILING=OFF -DQT_BUILD_TESTS=OFF -DQT_BUILD_EXAMPLES=OFF \
        -DBUILD_SHARED_LIBS=ON -DFEATURE_tabletevent=OFF -DFEATURE_system_sqlite=ON -DFEATURE_schannel=ON \
        -DFEATURE_dbus=OFF -DINPUT_opengl=no -DFEATURE_vulkan=OFF -DFEATURE_printsupport=OFF -DFEATURE_xml=OFF -DFEATURE_concurrent=OFF
    cmake --install "$work/build/qt"
}

qtkeychain() {
    local source
    source=$(unpack qtkeychain)
    sed -i 's|/utf-8||' "$source/qtkeychain/CMakeLists.txt" # a word of another compiler
    cross qtkeychain "$source" -DCMAKE_INSTALL_PREFIX="$prefix/qt6" -DBUILD_WITH_QT6=ON -DBUILD_SHARED_LIBS=OFF -DBUILD_TEST_APPLICATION=OFF \
        -DBUILD_TRANSLATIONS=OFF -DQT_HOST_PATH=/usr -DQT_HOST_PATH_CMAKE_DIR="$(dirname "$(echo /usr/lib/*/cmake/Qt6HostInfo)")"
    cmake --install "$work/build/qtkeychain"
}

# --- all of it ---

build() {
    local component=$1 log=$work/$1.log
    if [[ -e $work/built/$component ]]; then return 0; fi
    say "building $component (log: $log)"
    mkdir -p "$work/built" "$prefix"
    # In a shell of its own: `if` would keep it from stopping at the first thing that fails.
    bash -euo pipefail "$here/build.sh" --work "$work" --inner "$component" >"$log" 2>&1 || {
        tail -n 30 "$log" >&2
        fail "$component could not be built"
    }
    touch "$work/built/$component"
}

pack() {
    local archive=$root/build/win-sysroot.tar.zst
    mkdir -p "$root/build"
    tar --zstd --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf "$archive" -C "$prefix" .
    sha256sum "$archive"
}

case ${1:-} in
    fetch) fetch ;;
    pack) pack ;;
    --inner) "$2" ;;
    '')
        fetch
        for component in "${kAll[@]}"; do build "$component"; done
        pack
        ;;
    *)
        for component in "$@"; do
            [[ " ${kAll[*]} " == *" $component "* ]] || fail "there is no component $component"
            build "$component"
        done
        ;;
esac
