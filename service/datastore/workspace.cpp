// SPDX-License-Identifier: MIT
#include "datastore/workspace.h"

#include "base/limits.h"

#include <algorithm>
#include <utility>

namespace hashira::datastore {
namespace {

/// Chunks carry a document with its version, and whoever reads them keeps the limit too.
constexpr std::size_t kVersionBytes = 32;
constexpr std::size_t kTextBytes = limits::kDocumentBytes - kVersionBytes;
/// Quotes, brackets, colon, comma and the longest stamp around a name and a value.
constexpr std::size_t kFieldBytes = 64;
/// `{"fields":{},"id":"…"}`
constexpr std::size_t kFrameBytes = 64;

std::size_t bytesOf(std::string_view name, std::string_view value) {
    return 6 * name.size() + value.size() + kFieldBytes;  // 6: the longest escape, \u0001
}

}  // namespace

Result<Workspace::Entry*> Workspace::entry(const std::string& id) {
    if (const auto known = m_byId.find(id); known != m_byId.end()) return known->second;
    const auto stored = m_transaction.document(id);
    if (!stored) return stored.error();
    Entry entry;
    entry.document.id = id;
    entry.bytes = kFrameBytes;
    if (*stored) {
        auto parsed = readDocument((*stored)->text);
        if (!parsed)
            return Error{ErrorCode::kInternal, "a stored document: " + parsed.error().message};
        entry.document.fields = std::move(parsed->document.fields);
        entry.bytes = entry.stored = (*stored)->text.size();
    }
    Entry& kept = m_entries.emplace_back(std::move(entry));
    m_byId.emplace(kept.document.id, &kept);
    return &kept;
}

template <typename Merge>
Result<std::string> Workspace::mergeWithin(const std::string& id, std::size_t newBytes,
                                           std::size_t newFields, const Merge& merge) {
    const auto found = entry(id);
    if (!found) return found.error();
    Entry& entry = **found;
    const bool fits = entry.bytes + newBytes <= kTextBytes &&
                      entry.document.fields.size() + newFields <= limits::kFields;
    if (fits) {
        if (!merge(entry.document)) return std::string();
        entry.bytes += newBytes;
    } else {
        // The sums are upper bounds: only a merge that may pass a limit is tried on a copy.
        Document merged = entry.document;
        if (!merge(merged)) return std::string();
        if (merged.fields.size() > limits::kFields)
            return "the task would have more than " + std::to_string(limits::kFields) + " fields";
        const std::size_t bytes = documentText(merged).size();
        if (bytes > kTextBytes)
            return "the task would be larger than " + std::to_string(limits::kDocumentBytes) +
                   " bytes";
        entry.document.fields = std::move(merged.fields);
        entry.bytes = bytes;
    }
    entry.changed = m_changed = true;
    return std::string();
}

Result<std::string> Workspace::merge(Effect effect, const Stamp& stamp) {
    std::size_t bytes = 0;
    for (const FieldValue& field : effect.fields) bytes += bytesOf(field.name, field.value);
    return mergeWithin(effect.taskId, bytes, effect.fields.size(), [&](Document& document) {
        return hashira::merge(document, std::move(effect.fields), stamp);
    });
}

Result<std::string> Workspace::merge(const Document& other) {
    std::size_t bytes = 0;
    for (const StampedField& field : other.fields) bytes += bytesOf(field.name, field.value);
    return mergeWithin(other.id, bytes, other.fields.size(),
                       [&](Document& document) { return hashira::merge(document, other); });
}

std::vector<Workspace::Entry*> Workspace::changedById() {
    std::vector<Entry*> changed;
    for (Entry& entry : m_entries)
        if (entry.changed) changed.push_back(&entry);
    std::sort(changed.begin(), changed.end(),
              [](const Entry* a, const Entry* b) { return a->document.id < b->document.id; });
    return changed;
}

Result<std::int64_t> Workspace::save(std::uint64_t version, std::int64_t nowMs) {
    std::int64_t grown = 0;
    for (const Entry* entry : changedById()) {
        const Document& document = entry->document;
        std::string text = documentText(document);
        grown += static_cast<std::int64_t>(text.size()) - static_cast<std::int64_t>(entry->stored);
        const Status saved =
            m_transaction.saveDocument(document.id, std::move(text), version, document.bucket(),
                                       document.deleted() ? nowMs : 0);
        if (!saved) return saved.error();
    }
    return grown;
}

}  // namespace hashira::datastore
