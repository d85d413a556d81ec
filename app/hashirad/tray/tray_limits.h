// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

/// What the tray limits, each with its reason.
namespace hashirad::tray {

/// Of each of doing and todo: a menu that is longer than a screen is none.
inline constexpr std::size_t kMostTasks = 12;
inline constexpr std::size_t kMostProblems = 4;
/// Changes in this time are shown in the menu together: an import makes hundreds a second.
inline constexpr int kReadAfterMs = 500;
/// More than this makes a menu wider than a screen wants.
inline constexpr int kMenuCharacters = 60;

/// More than the daemon takes: the rest of a larger file changes nothing.
inline constexpr std::int64_t kCertificateBytes = 256 * 1024;

/// A notification of a kind of problem at most this often: who is there looks within minutes, who
/// is not finds one and not forty. What came meanwhile is told in the next one.
inline constexpr std::int64_t kNoticeEveryMs = 10LL * 60 * 1'000;
/// A problem must last this long before it is told: what mends itself is nobody's concern, and what
/// comes in a burst is told once.
inline constexpr std::int64_t kNoticeAfterMs = 2'000;
/// At a login the keyring opens some time after we started.
inline constexpr std::int64_t kKeyringNoticeAfterMs = 30'000;

}  // namespace hashirad::tray
