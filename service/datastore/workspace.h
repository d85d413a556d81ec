// SPDX-License-Identifier: MIT
#pragma once

#include "datastore/repository.h"
#include "model/command.h"
#include "model/document.h"

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace hashira::datastore {

/// The documents that one transaction touches: each is read once and written once, however many
/// commands name it.
class Workspace {
public:
    explicit Workspace(Transaction& transaction) : m_transaction(transaction) {}

    /// Merges into the (possibly new) document. A text says why it was refused, and then nothing
    /// changed; empty: merged. An Error is the repository's.
    Result<std::string> merge(Effect effect, const Stamp& stamp);
    Result<std::string> merge(const Document& other);

    bool changed() const { return m_changed; }
    /// Writes what changed, ascending by id. By how many bytes the texts grew.
    Result<std::int64_t> save(std::uint64_t version, std::int64_t nowMs);

private:
    struct Entry {
        Document document;
        std::size_t bytes = 0;   ///< never less than the document's text has
        std::size_t stored = 0;  ///< what its text has in the repository
        bool changed = false;
    };
    Result<Entry*> entry(const std::string& id);
    std::vector<Entry*> changedById();
    template <typename Merge>
    Result<std::string> mergeWithin(const std::string& id, std::size_t newBytes,
                                    std::size_t newFields, const Merge& merge);

    Transaction& m_transaction;
    std::deque<Entry> m_entries;                          ///< stay where they are
    std::unordered_map<std::string_view, Entry*> m_byId;  ///< by the document's own text
    bool m_changed = false;
};

}  // namespace hashira::datastore
