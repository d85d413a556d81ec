// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/shelf_keeper.h"
#include "store/documents.h"
#include "store/outbox.h"

#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace hashira::daemon {

/// view = base merged with the commands of the outbox that the base does not cover. Keeps the views
/// that a group of Sends works on in memory until they are flushed, and notes every change for the
/// shelf. For the core thread.
class Views {
public:
    Views(store::Outbox& outbox, store::Documents& documents, ShelfKeeper& shelf)
        : m_outbox(outbox), m_documents(documents), m_shelf(shelf) {}

    /// The state of the base that views are computed against.
    store::BaseState& base() { return m_base; }

    /// The store lacks committed commands: open() merges them over what it reads.
    void setOwed(bool owed) { m_owed = owed; }

    // --- the work of a group of Sends ---
    /// The record to read and change; made where the task is not known. Valid until flush() or
    /// discard().
    Result<store::Record*> open(const std::string& id, bool known);
    /// The greatest stamp of the task's base.
    static HlcTime seen(const store::Record& record);
    /// Merges a new command into a record that open() gave.
    void merge(store::Record& record, const Fields& fields, const Stamp& stamp);
    /// From here on takeBack() takes merges back.
    void mark();
    /// The commands merged since mark() were taken back from the outbox: their tasks are again what
    /// the outbox says.
    Status takeBack();
    /// Hands all changes to the shelf; the records stay to be flushed.
    void noteChanges();
    /// Writes what was worked on, in the order of the work; needs a transaction of the documents.
    Status flush();
    /// Forgets what was worked on.
    void discard();

    // --- recomputing; each needs a transaction of the documents ---
    Status recompute(const std::string& id);
    Status recompute(const std::vector<std::string>& ids);
    /// Takes a document as the datastore's newest.
    Status applyBase(VersionedDocument document, std::uint64_t generation);
    /// The datastore does not have the document.
    Status dropBase(const std::string& id);
    /// Leaves the store; the task is not pending.
    Status evict(const std::string& id);
    /// The task as recompute would write it; neither base nor view where nothing knows it.
    Result<store::Record> computed(const std::string& id);
    /// Whether the stored view and mark are what recompute would write.
    Result<bool> consistent(const std::string& id);

private:
    /// What open() hands out.
    struct Work : store::Record {
        std::optional<ShownAt> before;
        bool merged = false;    ///< since mark()
        bool noted = true;      ///< the shelf knows its changes
        bool flushed = true;    ///< the store has its changes
        bool outdated = false;  ///< the shelf knows more than `before`
    };
    struct Stored {
        store::Record record;
        std::optional<ShownAt> before;  ///< nothing: the store did not know the task
    };
    /// The record as the store has it; one with only its id where it has none.
    Result<Stored> stored(const std::string& id);
    void changing(Work& work);
    Status takeBack(Work& work);
    static std::optional<ShownAt> shownAt(const store::Record& record);
    Status rebuild(store::Record record, Document base, const std::optional<ShownAt>& before);
    /// The view from the base and the commands over it; whether there are any.
    Result<bool> overlay(store::Record& record, Document base);

    store::Outbox& m_outbox;
    store::Documents& m_documents;
    ShelfKeeper& m_shelf;
    store::BaseState m_base;
    bool m_owed = false;
    std::unordered_map<std::string, Work> m_work;
    // Of m_work, oldest first.
    std::vector<Work*> m_merged;
    std::vector<Work*> m_unnoted;    ///< and some that are noted
    std::vector<Work*> m_unflushed;  ///< and some that are flushed
};

}  // namespace hashira::daemon
