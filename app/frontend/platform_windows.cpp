// SPDX-License-Identifier: MIT
#include "frontend/platform.h"

#include "frontend/files.h"

#include "base/path.h"
#include "base/windows_system.h"

#include <initguid.h>
#include <knownfolders.h>
#include <shlobj.h>

namespace hashira::frontend {
namespace {

using std::filesystem::path;

/// More than any address has.
constexpr std::size_t kAddressBytes = 200;

/// %LOCALAPPDATA%: what belongs to this machine, where hashirad looks too.
path localData() {
    wchar_t* found = nullptr;
    path result;
    if (SUCCEEDED(SHGetKnownFolderPath(FOLDERID_LocalAppData, 0, nullptr, &found))) result = found;
    CoTaskMemFree(found);
    return result;
}

}  // namespace

path defaultDataDirectory(const Variables&) {
    return localData() / "hashira";
}

path defaultStateDirectory(const Variables&) {
    return localData() / "hashira";
}

/// There the daemon listens on a port of the system's choice and writes it down.
std::string defaultAddress(const path& dataDirectory, const Variables&) {
    const std::string written =
        readFile(dataDirectory / "endpoint", kAddressBytes).value_or(std::string());
    const std::string address = written.substr(0, written.find_first_of("\r\n"));
    // Port 0 is nobody's: then none is running.
    return isEndpoint(address) ? address : "tcp:127.0.0.1:0";
}

}  // namespace hashira::frontend
