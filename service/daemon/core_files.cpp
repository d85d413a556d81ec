// SPDX-License-Identifier: MIT
#include "daemon/core.h"

#include "base/path.h"
#include "model/moment.h"
#include "model/uuid.h"

#include <filesystem>
#include <utility>

// The two files: opening them, and what becomes of them when they are damaged.
namespace hashira::daemon {
namespace {

constexpr const char* kSalvage =
    ". Your changes may still be in it: copy it and the -wal beside it, then run \"hashira salvage "
    "COPY --to FILE\"";

}  // namespace

std::string Core::pathOf(const char* name) const {
    return m_settings.dataDir.empty() ? ":memory:" : m_settings.dataDir + "/" + name;
}

Result<std::string> Core::accountIn(const std::string& dataDir) {
    const std::string path = dataDir + "/outbox.db";
    std::error_code problem;
    if (!std::filesystem::exists(toPath(path), problem)) return std::string();
    // The id is for a new file only.
    SystemRandom random;
    const auto outbox = store::Outbox::open(path, makeDeviceId(random));
    if (!outbox) return outbox.error();
    return (*outbox)->account();
}

std::string Core::documentsPath() const {
    return m_documentsInMemory ? ":memory:" : pathOf("documents.db");
}

/// SQLite takes an empty file for a new one. With documents beside it, it is one that lost all.
Status Core::checkOutboxFile() const {
    std::error_code problem;
    const auto sizeOf = [&](const char* name) {
        const auto size = std::filesystem::file_size(toPath(pathOf(name)), problem);
        return problem ? std::nullopt : std::optional(size);
    };
    if (m_settings.dataDir.empty() || sizeOf("outbox.db") != 0 ||
        sizeOf("documents.db").value_or(0) == 0)
        return {};
    return Error{ErrorCode::kCorrupt,
                 pathOf("outbox.db") +
                     ": is damaged: it is empty. Put a backup of it in its place; to give up the "
                     "changes that were not synced, remove it"};
}

Status Core::openStores() {
    if (const Status good = checkOutboxFile(); !good) return good;
    auto outbox = store::Outbox::open(pathOf("outbox.db"), makeDeviceId(m_random));
    if (!outbox) {
        Error error = outbox.error();
        if (error.code == ErrorCode::kCorrupt) error.message += kSalvage;
        return error;
    }
    m_outbox = std::move(*outbox);
    if (const Status opened = openDocuments(); !opened) return opened;
    const auto rejected = m_outbox->countRejected();
    if (!rejected) return rejected.error();
    m_rejected = *rejected;
    if (const Status kept = keepWindow(*window().from); !kept) {
        if (!m_documents->database().damaged()) return kept;
        reopenDocuments();
    }
    if (const Status loaded = loadEngine(); !loaded) return loaded;
    updateIncomplete();
    m_shelf.publish();
    return {};
}

Status Core::openDocuments() {
    auto documents = store::Documents::open(documentsPath());
    if (!documents && documents.error().code == ErrorCode::kCorrupt) {
        if (const Status aside = setDocumentsAside(); !aside) return aside;
        documents = store::Documents::open(documentsPath());
    }
    if (!documents) return documents.error();
    m_documents = std::move(*documents);
    auto state = m_documents->state();
    if (!state) return state.error();
    if (!state->account.empty() && state->account != m_outbox->account()) {
        // Somebody put another account's file here.
        m_documents.reset();
        if (const Status aside = setDocumentsAside(); !aside) return aside;
        return openDocuments();
    }
    m_views = std::make_unique<Views>(*m_outbox, *m_documents, m_shelf);
    m_views->base() = std::move(*state);
    m_sender = std::make_unique<Sender>(*m_outbox, *m_documents, *m_views, m_clock, m_random);
    const Status caughtUp = catchUp();
    if (caughtUp || !m_documents->database().damaged()) return caughtUp;
    // Damage that only shows when pages are read.
    m_sender.reset();
    m_views.reset();
    m_documents.reset();
    if (const Status aside = setDocumentsAside(); !aside) return aside;
    return openDocuments();
}

Status Core::setDocumentsAside() {
    std::string stamp = formatMoment(m_clock.nowMs(), 0);
    std::erase_if(stamp, [](char c) { return c == ':' || c == '-' || c == '.'; });
    const std::string path = pathOf("documents.db");
    std::string aside = path + ".damaged-" + stamp;
    // Never over an older one.
    std::error_code problem;
    for (int more = 2; std::filesystem::exists(toPath(aside), problem); ++more)
        aside = path + ".damaged-" + stamp + "-" + std::to_string(more);
    for (const char* end : {"", "-wal", "-shm"}) {
        if (!std::filesystem::exists(toPath(path + end), problem)) continue;
        std::filesystem::rename(toPath(path + end), toPath(aside + end), problem);
        if (problem)
            return Error{ErrorCode::kDiskFull,
                         path + end + ": is damaged and cannot be renamed: " + problem.message()};
    }
    warn("The document store was damaged. It was set aside as " + aside +
         " and rebuilt from the outbox; the rest comes from the datastore.");
    return {};
}

void Core::warn(const std::string& warning) {
    m_warnings.push_back(warning);
    m_output.warned(warning);
}

bool Core::replaceDamaged() {
    if (m_feeding || !m_documents->database().damaged() || m_settings.dataDir.empty()) return false;
    recover({ErrorCode::kCorrupt, pathOf("documents.db") + ": is damaged"});
    feed(engine::Woke{});
    return true;
}

void Core::reopenDocuments() {
    m_sender.reset();
    m_views.reset();
    m_documents.reset();
    Status opened = setDocumentsAside();
    if (opened) opened = openDocuments();
    if (!opened) {
        // No room for a new one: the outbox has all that cannot be fetched again.
        m_documentsInMemory = true;
        warn(opened.error().message + ". Until the next start it is kept in memory only.");
        opened = openDocuments();
    }
    if (!opened) qFatal("%s", opened.error().message.c_str());
    m_shelf.turn(currentWeek());
}

void Core::explain(Error& error) {
    if (error.code == ErrorCode::kCorrupt && m_outbox->database().damaged())
        error.message += kSalvage;
    if (error.code != ErrorCode::kDiskFull) return;
    error.message += ". Nothing of this change was kept: make room, then send it again";
    m_notKept = error.message;
}

}  // namespace hashira::daemon
