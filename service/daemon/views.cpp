// SPDX-License-Identifier: MIT
#include "daemon/views.h"

#include "model/command.h"

#include <utility>

namespace hashira::daemon {

using store::Record;

std::optional<ShownAt> Views::shownAt(const Record& record) {
    if (record.shown() == store::Shown::kHidden) return {};
    return ShownAt{record.view.bucket(), record.pending, record.view};
}

Result<Record*> Views::open(const std::string& id, bool known) {
    const auto [at, made] = m_work.try_emplace(id);
    Work& work = at->second;
    if (!made) return &work;
    if (known) {
        auto found = m_documents.record(id);
        if (!found) {
            m_work.erase(at);
            return found.error();
        }
        if (*found) static_cast<Record&>(work) = std::move(**found);
    }
    work.id = id;
    work.view.id = id;
    if (m_owed && known) {
        Document base = work.base();
        if (const auto merged = overlay(work, std::move(base)); !merged) {
            m_work.erase(at);
            return merged.error();
        }
    }
    work.before = shownAt(work);
    return &work;
}

HlcTime Views::seen(const Record& record) {
    return record.version == 0 ? HlcTime() : record.base().greatest();
}

void Views::changing(Work& work) {
    if (std::exchange(work.outdated, false)) work.before = shownAt(work);
    if (std::exchange(work.noted, false)) m_unnoted.push_back(&work);
    if (std::exchange(work.flushed, false)) m_unflushed.push_back(&work);
}

void Views::merge(Record& record, const Fields& fields, const Stamp& stamp) {
    auto& work = static_cast<Work&>(record);
    changing(work);
    if (!std::exchange(work.merged, true)) m_merged.push_back(&work);
    hashira::merge(record.view, fields, stamp);
    record.pending = true;
}

void Views::mark() {
    for (Work* work : m_merged) work->merged = false;
    m_merged.clear();
}

Status Views::takeBack() {
    for (Work* work : m_merged)
        if (const Status done = takeBack(*work); !done) return done;
    mark();
    return {};
}

Status Views::takeBack(Work& work) {
    const std::string id = work.id;
    auto stored = m_documents.record(id);
    if (!stored) return stored.error();
    Record record = *stored ? std::move(**stored) : Record();
    record.id = id;
    const auto pending = overlay(record, record.base());
    if (!pending) return pending.error();
    changing(work);
    static_cast<Record&>(work) = std::move(record);
    if (work.version != 0 || *pending) return {};
    // It was new, and is no more; a look-up of ranks may have made it written already.
    work.flushed = true;
    return *stored ? m_documents.remove(id) : Status();
}

void Views::noteChanges() {
    for (Work* work : std::exchange(m_unnoted, {})) {
        if (std::exchange(work->noted, true)) continue;
        m_shelf.note(work->id, work->before, work);
        work->outdated = true;
    }
}

Status Views::flush() {
    std::vector<const Record*> records;
    records.reserve(m_unflushed.size());
    for (Work* work : std::exchange(m_unflushed, {}))
        if (!std::exchange(work->flushed, true)) records.push_back(work);
    return m_documents.put(records);
}

void Views::discard() {
    m_merged.clear();
    m_unnoted.clear();
    m_unflushed.clear();
    m_work.clear();
}

Result<bool> Views::overlay(Record& record, Document base) {
    const auto commands = m_outbox.overlay(record.id, m_base.covered);
    if (!commands) return commands.error();
    record.view = std::move(base);
    record.view.id = record.id;
    for (const Command& command : *commands) {
        const auto effect = effectOf(command.what, command.payload);
        if (effect) hashira::merge(record.view, effect->fields, command.stamp);
    }
    record.pending = !commands->empty();
    return record.pending;
}

Status Views::rebuild(Record record, Document base, const std::optional<ShownAt>& before) {
    const auto pending = overlay(record, std::move(base));
    if (!pending) return pending.error();
    if (record.version == 0 && !*pending) {
        m_shelf.note(record.id, before, nullptr);
        return m_documents.remove(record.id);
    }
    m_shelf.note(record.id, before, &record);
    return m_documents.put(record);
}

Result<Views::Stored> Views::stored(const std::string& id) {
    auto found = m_documents.record(id);
    if (!found) return found.error();
    Stored stored;
    if (*found) {
        stored.record = std::move(**found);
        stored.before = shownAt(stored.record);
    }
    stored.record.id = id;
    return stored;
}

Status Views::recompute(const std::string& id) {
    auto stored = this->stored(id);
    if (!stored) return stored.error();
    auto& [record, before] = *stored;
    Document base = record.base();
    return rebuild(std::move(record), std::move(base), before);
}

Status Views::recompute(const std::vector<std::string>& ids) {
    for (const std::string& id : ids)
        if (const Status done = recompute(id); !done) return done;
    return {};
}

Status Views::applyBase(VersionedDocument fresh, std::uint64_t generation) {
    auto stored = this->stored(fresh.document.id);
    if (!stored) return stored.error();
    auto& [record, before] = *stored;
    m_base.clock = std::max(m_base.clock, fresh.document.greatest());
    record.version = std::max<std::uint64_t>(fresh.version, 1);
    record.baseText = documentText(fresh.document);
    record.baseBucket = fresh.document.bucket();
    record.generation = generation;
    return rebuild(std::move(record), std::move(fresh.document), before);
}

Status Views::dropBase(const std::string& id) {
    auto found = m_documents.record(id);
    if (!found) return found.error();
    if (!*found) return {};
    const std::optional<ShownAt> before = shownAt(**found);
    Record record;
    record.id = id;
    return rebuild(std::move(record), {}, before);
}

Status Views::evict(const std::string& id) {
    const auto found = m_documents.record(id);
    if (!found) return found.error();
    if (!*found) return {};
    m_shelf.note(id, shownAt(**found), nullptr);
    return m_documents.remove(id);
}

Result<Record> Views::computed(const std::string& id) {
    auto found = m_documents.record(id);
    if (!found) return found.error();
    Record record = *found ? std::move(**found) : Record();
    record.id = id;
    Document base = record.base();
    if (const auto pending = overlay(record, std::move(base)); !pending) return pending.error();
    return record;
}

Result<bool> Views::consistent(const std::string& id) {
    auto found = m_documents.record(id);
    if (!found) return found.error();
    if (!*found) return true;
    Record record = **found;
    const auto pending = overlay(record, record.base());
    if (!pending) return pending.error();
    return record.view == (*found)->view && record.pending == (*found)->pending;
}

}  // namespace hashira::daemon
