// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace hashira {

/// A rank is a fractional index (Greenspan, "Implementing Fractional Indexing", 2020): text of
/// [0-9A-Za-z], compared byte by byte, with another one always between two. It never ends in '0',
/// the least digit, because nothing lies between "a" and "a0".
bool isRank(std::string_view text);

/// The end that every rank made by a device gets, so that two devices that place a task between the
/// same neighbours make different ranks.
std::string rankSuffix(std::string_view deviceId);

/// A rank r with low < r < high. Empty low: before high; empty high: after low; both empty: the
/// first rank. Requires low < high where both are given, both ranks, and that suffix came from
/// rankSuffix. Ranks made one after the other at an end grow with the logarithm of their count.
std::string rankBetween(std::string_view low, std::string_view high, std::string_view suffix);

}  // namespace hashira
