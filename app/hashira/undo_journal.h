// SPDX-License-Identifier: MIT
#pragma once

#include "names.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hashira::cli {

class FileLock;

/// What takes back one line of the person.
struct UndoEntry {
    std::string endpoint;  ///< the daemon that it was sent to
    std::string words;     ///< what was done: "done", "edit"
    /// The inverse commands, with ids of their own: undoing twice by accident has one effect.
    std::vector<OutCommand> commands;
};

/// The last 50 changes made with this CLI, in one small JSON file that only the user can read.
/// A file that cannot be read counts as empty; one that cannot be written is an Error.
class UndoJournal {
public:
    static constexpr std::size_t kEntries = 50;
    /// An import of more is not worth a journal of megabytes.
    static constexpr std::size_t kCommands = 20'000;

    explicit UndoJournal(std::filesystem::path file) : m_file(std::move(file)) {}

    Status push(UndoEntry entry);
    /// The latest one of that daemon.
    std::optional<UndoEntry> last(const std::string& endpoint) const;
    /// Forgets it; called once it is undone.
    Status dropLast(const std::string& endpoint);

private:
    std::vector<UndoEntry> load() const;
    std::unique_ptr<FileLock> lockFile() const;
    Status save(const std::vector<UndoEntry>& entries) const;

    std::filesystem::path m_file;
};

}  // namespace hashira::cli
