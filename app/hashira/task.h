// SPDX-License-Identifier: MIT
#pragma once

#include "names.h"

#include <string>
#include <string_view>
#include <vector>

namespace hashira::cli {

/// The task as docs/cli.md documents it: all fields, unset ones null, unknown ones as they are,
/// week, pending.
std::string taskJson(const Task& task);
/// Many of them as one array.
std::string tasksJson(const std::vector<const Task*>& tasks);
/// Its set fields only, as `import` reads them: one line of an export.
std::string exportLine(const Task& task);

/// What names each of some tasks. Ids are compared without their dashes and whatever their case.
class IdIndex {
public:
    IdIndex() = default;
    explicit IdIndex(const std::vector<std::string>& ids);

    /// The shortest end of at least four characters that names no other task of the index.
    std::string shortId(std::string_view id) const;
    /// The ids that begin or end so; a whole id names only itself.
    std::vector<std::string> matches(std::string_view text) const;

private:
    struct Entry {
        std::string key;
        std::string id;
    };
    std::vector<Entry> m_begins;  ///< ascending by the id without dashes
    std::vector<Entry> m_ends;    ///< ascending by its reverse
};

}  // namespace hashira::cli
