// SPDX-License-Identifier: MIT
#include "daemon/core.h"

#include "base/limits.h"
#include "model/uuid.h"

#include <algorithm>
#include <type_traits>
#include <unordered_set>
#include <utility>

// The driver: performs what the engine's steps say, commits first.
namespace hashira::daemon {
namespace {

/// Whether a write is of documents.db; all others are of outbox.db.
template <typename T>
constexpr bool kOfDocuments =
    std::is_same_v<T, engine::CommitFetch> || std::is_same_v<T, engine::SaveDoctor>;

bool ofDocuments(const engine::Write& write) {
    return std::visit([](const auto& w) { return kOfDocuments<std::decay_t<decltype(w)>>; }, write);
}

}  // namespace

void Core::feed(engine::Event event) {
    m_events.push_back(std::move(event));
    if (m_feeding) return;
    m_feeding = true;
    while (!m_events.empty()) {
        // What comes while the disk cannot be read waits for wake() or the next Send.
        if (m_unread && !reread()) break;
        engine::Input input{m_clock.steadyMs(), m_clock.nowMs(), m_random.next(),
                            std::move(m_events.front())};
        m_events.erase(m_events.begin());
        engine::Actions actions = engine::step(m_engine, input);
        if (const Status done = perform(actions.writes); !done) {
            recover(done.error());
            continue;
        }
        for (const engine::Send& each : actions.sends)
            std::visit([this](const auto& what) { send(what); }, each);
        m_engineWakeMs = actions.wakeAtMs;
        if (actions.syncEnded) endSync(*actions.syncEnded);
        if (actions.doctorEnded) endDoctor(*actions.doctorEnded);
    }
    m_feeding = false;
    checkStatus();
    scheduleWake();
    (void)replaceDamaged();
}

void Core::recover(const Error& error) {
    closeLink();
    if (m_outbox->database().inTransaction()) m_outbox->database().rollback();
    if (m_documents->database().inTransaction()) m_documents->database().rollback();
    if (m_documents->database().damaged() && !m_settings.dataDir.empty()) {
        // Found damaged while running: as at the start.
        reopenDocuments();
    }
    distrust(error);
    afterChange();
}

// --- writes ---

Status Core::perform(const std::vector<engine::Write>& writes) {
    if (writes.empty()) return {};
    m_touched.clear();
    // What the writes change in memory, for the case that the disk does not take them.
    const store::BaseState base = m_views->base();
    const auto noted = m_shelf.noted();
    const Status done = performAll(writes);
    if (done) return done;
    m_views->base() = base;
    m_shelf.restore(noted);
    return done;
}

Status Core::performAll(const std::vector<engine::Write>& writes) {
    const bool outbox =
        std::any_of(writes.begin(), writes.end(), [](const auto& w) { return !ofDocuments(w); });
    const auto run = [&](bool documents) -> Status {
        for (const engine::Write& each : writes) {
            if (ofDocuments(each) != documents) continue;
            const Status done = std::visit([this](const auto& what) { return write(what); }, each);
            if (!done) return done;
        }
        return {};
    };
    if (outbox) {
        store::Transaction transaction(m_outbox->database());
        Status done = transaction.begun();
        if (done) done = run(false);
        if (done) done = transaction.commit();
        if (!done) return done;
    }
    if (const Status done = performOnDocuments([&] { return run(true); }); !done) return done;
    setDebt(false);
    m_sender->forget();
    afterChange();
    return {};
}

Status Core::performOnDocuments(const std::function<Status()>& run) {
    store::Transaction transaction(m_documents->database());
    Status done = transaction.begun();
    if (done && m_reflectDebt) {
        const auto owed = m_outbox->changedSince(m_views->base().reflected);
        done = owed ? m_views->recompute(*owed) : Status(owed.error());
    }
    if (done) done = run();
    if (done) done = m_views->recompute(m_touched);
    m_views->base().reflected = m_outbox->change();
    if (done) done = m_documents->saveState(m_views->base());
    return done ? transaction.commit() : done;
}

Status Core::recomputeTasks(const std::vector<std::string>& tasks) {
    const auto noted = m_shelf.noted();
    store::Transaction transaction(m_documents->database());
    Status done = transaction.begun();
    if (done) done = m_views->recompute(tasks);
    if (done && !m_reflectDebt) done = m_documents->saveReflected(m_outbox->change());
    if (done) done = transaction.commit();
    if (done && !m_reflectDebt) m_views->base().reflected = m_outbox->change();
    if (!done) {
        m_shelf.restore(noted);
        setDebt(true);
    }
    m_sender->forget();
    return done;
}

Status Core::touch(const Result<store::Outbox::Tasks>& tasks) {
    if (!tasks) return tasks.error();
    m_touched.insert(m_touched.end(), tasks->begin(), tasks->end());
    return {};
}

Status Core::write(const engine::Adopt& write) {
    m_views->base().account = write.account;
    return m_outbox->setAccount(write.account);
}

Status Core::write(const engine::SetClockOffset& write) {
    return m_outbox->setClockOffsetMs(write.offsetMs);
}

Status Core::write(const engine::SetPaused& write) {
    return m_outbox->setPause(write.pause);
}

Status Core::write(const engine::Confirm& write) {
    const auto how = write.byApply ? store::Accepted::kByApply : store::Accepted::kByHello;
    // Pending commands that the base covers already leave the overlay now that they are confirmed.
    const auto covered = m_views->base().covered.find(write.device);
    if (covered != m_views->base().covered.end() && covered->second > 0) {
        const auto devices = m_outbox->devices();
        if (!devices) return devices.error();
        for (const store::Device& device : *devices) {
            if (device.device != write.device || device.confirmed >= covered->second) continue;
            const Status touched = touch(m_outbox->tasksBetween(
                write.device, device.confirmed, std::min(write.through, covered->second)));
            if (!touched) return touched;
        }
    }
    const Status confirmed =
        touch(m_outbox->confirm(write.device, write.through, how, write.refusals));
    if (!confirmed) return confirmed;
    if (write.refusals.empty()) return {};
    for (const sync::Refusal& refusal : write.refusals)
        m_refused.emplace_back(write.device, refusal.number);
    const auto rejected = m_outbox->countRejected();
    if (!rejected) return rejected.error();
    m_rejected = *rejected;
    m_shelf.noteRejected();
    return {};
}

Status Core::write(const engine::Unconfirm& write) {
    return touch(m_outbox->unconfirm(write.device, write.above));
}

Status Core::write(const engine::Fork& write) {
    // What it lets go of is in the base alone from now on, as after prune().
    if (const Status durable = m_documents->database().sync(); !durable) return durable;
    const auto held = [this](const std::string& task) -> Result<bool> {
        const auto version = m_documents->baseVersion(task);
        if (!version) return version.error();
        return *version != 0;
    };
    const Status forked =
        touch(m_outbox->fork(write.device, write.fresh, m_views->base().covered, held));
    if (!forked) return forked;
    m_views->base().covered.erase(write.device);
    m_renumbered = true;
    // Fed once all writes are in; where they fail, the engine's state is read anew before it.
    m_events.insert(m_events.begin(), engine::Forked{write.fresh, m_outbox->currentHighest()});
    return {};
}

Status Core::write(const engine::Shift& write) {
    return touch(m_outbox->shift(write.toldMs, m_views->base().clock));
}

Status Core::write(const engine::SaveDoctor&) {
    m_views->base().lastDoctorMs = m_clock.nowMs();
    return {};
}

Status Core::write(const engine::CommitFetch& write) {
    store::BaseState& base = m_views->base();
    if (write.replaced) ++base.generation;
    if (write.moveCursor) {
        for (const sync::DeviceState& device : write.state.devices) {
            std::uint64_t& covered = base.covered[device.device];
            const auto [low, high] = std::minmax(covered, device.last);
            if (low != high)
                if (const Status touched = touch(m_outbox->tasksBetween(device.device, low, high));
                    !touched)
                    return touched;
            covered = device.last;
        }
        base.cursor = write.state.cursor;
        base.incarnation = write.state.incarnation;
        base.account = m_engine.account;
        base.lastSyncMs = m_clock.nowMs();
        m_datastoreMs = write.state.timeMs;
        if (write.kind == engine::FetchKind::kWindow) base.windowFrom = write.replaced->from;
    }
    std::unordered_set<std::string> touched(m_touched.begin(), m_touched.end());
    if (const Status done = takeDocuments(base.generation, touched); !done) return done;
    // What the documents brought is computed already.
    std::erase_if(m_touched, [&](const std::string& id) { return !touched.contains(id); });
    if (write.replaced) {
        const auto gone = m_documents->missing(*write.replaced, base.generation);
        if (!gone) return gone.error();
        for (const std::string& id : *gone)
            if (const Status done = m_views->dropBase(id); !done) return done;
    }
    if (const Status done = m_views->recompute(m_touched); !done) return done;
    m_touched.clear();
    // The window that the engine knows: it must ask again for what leaves. Where the clock has
    // jumped since, checkDay() will tell it.
    const Week oldest = *m_engine.window.from;
    const auto old = m_documents->evictable(oldest);
    return old ? evict(*old, oldest) : Status(old.error());
}

Status Core::takeDocuments(std::uint64_t generation, std::unordered_set<std::string>& touched) {
    const auto take = [&](std::vector<VersionedDocument>&& documents) -> Status {
        for (VersionedDocument& document : documents) {
            touched.erase(document.document.id);
            if (const Status done = m_views->applyBase(std::move(document), generation); !done)
                return done;
        }
        return {};
    };
    if (const Status done = take(std::move(m_stage.documents)); !done) return done;
    if (m_stage.spilled) {
        const Status done = m_documents->eachStaged([&](std::string_view chunk) -> Status {
            auto documents = sync::parseDocuments(chunk);
            return documents ? take(std::move(*documents)) : Status(documents.error());
        });
        if (!done) return done;
        if (const Status cleared = m_documents->clearStage(); !cleared) return cleared;
    }
    m_stage.clear();
    return {};
}

// --- sends ---

void Core::send(const engine::Close&) {
    closeLink();
}

void Core::closeLink() {
    if (m_link) m_link->close();
    m_stage.clear();
    // A closed link calls no handler any more: whoever reads through it must hear of it from here.
    const auto readers = std::exchange(m_readers, {});
    for (const auto& [id, giveUp] : readers)
        giveUp("older than the weeks kept here, and the datastore cannot be reached now");
}

void Core::send(const engine::OpenWatch& send) {
    sync::WatchRequest request;
    request.version = m_settings.version;
    request.cursor = m_views->base().cursor;
    const auto devices = m_outbox->devices();
    if (!devices) return feed(engine::WatchEnded{send.session, devices.error()});
    for (const store::Device& device : *devices)
        request.devices.push_back({device.device, device.confirmed});
    m_link->watch(std::move(request), {[this, session = send.session](sync::Hello hello) {
                                           takeHello(session, std::move(hello));
                                       },
                                       [this, session = send.session](std::uint64_t version) {
                                           feed(engine::RemoteChanged{session, version});
                                       },
                                       [this, session = send.session](Error error) {
                                           feed(engine::WatchEnded{session, std::move(error)});
                                       }});
}

void Core::takeHello(std::uint64_t session, sync::Hello hello) {
    engine::HelloCame event{session, std::move(hello), {}};
    for (const sync::DeviceState& theirs : event.hello.devices) {
        const auto hash = m_outbox->hashAt(theirs.device, theirs.last);
        // One that is not of ours is for the engine to find; one that cannot be read is not known.
        if (!hash && hash.error().code != ErrorCode::kNotFound)
            return feed(engine::WatchEnded{session, hash.error()});
        if (hash) event.local[theirs.device] = {*hash, makeDeviceId(m_random)};
    }
    feed(std::move(event));
}

void Core::send(const engine::SendApply& send) {
    const auto fail = [&](const Error& error) {
        feed(engine::ApplyCame{send.session, send.device, {}, send.from, error});
    };
    auto commands =
        m_outbox->batch(send.device, send.from, limits::kApplyCommands, limits::kApplyBytes);
    if (!commands) return fail(commands.error());
    const auto previous = m_outbox->hashAt(send.device, send.from - 1);
    if (!previous) return fail(previous.error());
    if (!*previous || commands->empty() || commands->front().number != send.from)
        return fail({ErrorCode::kInternal,
                     "the outbox has a gap before number " + std::to_string(send.from)});
    sync::ApplyRequest request{m_engine.sessionIncarnation, send.device, **previous,
                               std::move(*commands)};
    std::vector<std::string> ids;
    ids.reserve(request.commands.size());
    for (const sync::NumberedCommand& command : request.commands)
        ids.push_back(command.command.commandId);
    m_link->apply(std::move(request), [this, send,
                                       ids = std::move(ids)](Result<sync::ApplyResponse> response) {
        feed(engine::ApplyCame{send.session, send.device, ids, send.from, std::move(response)});
    });
}

void Core::send(const engine::SendPush& send) {
    auto batch = m_documents->pushBatch(send.after, limits::kPushBytes);
    if (!batch) return feed(engine::PushCame{send.session, {}, batch.error()});
    m_link->push({m_engine.sessionIncarnation, std::move(batch->json)},
                 [this, send, last = batch->last](Result<sync::PushResponse> response) {
                     feed(engine::PushCame{send.session, last, std::move(response)});
                 });
}

void Core::send(const engine::SendFetch& send) {
    m_stage.clear();
    m_stage.kind = send.kind;
    m_stage.check = engine::FetchCheck(send.request, limits::kFetchBytes);
    m_link->fetch(
        send.request,
        {[this, session = send.session](sync::Chunk chunk, const remote::Next& next) {
             takeChunk(session, chunk);
             next(true);
         },
         [this, session = send.session](Result<remote::FetchEnd> end) { endFetch(session, end); }});
}

void Core::takeChunk(std::uint64_t session, const sync::Chunk& chunk) {
    if (session != m_engine.session || m_engine.call != engine::Call::kFetch) return;
    // A bad chunk ends the Fetch here: whoever sends it may go on for ever.
    if (const Status staged = stage(chunk); !staged)
        feed(engine::FetchCame{session, staged.error()});
    else
        feed(engine::ChunkCame{session});
}

Status Core::stage(const sync::Chunk& chunk) {
    auto documents = m_stage.check.take(chunk);
    if (!documents) return documents.error();
    if (m_stage.kind == engine::FetchKind::kDigests) {
        if (chunk.last && chunk.count > 0)
            m_stage.digests.push_back({*Bucket::parse(chunk.week), chunk.digest, chunk.count});
        return {};
    }
    m_stage.bytes += chunk.documentsJson.size();
    if (m_stage.bytes <= limits::kStagedBytes) {
        std::move(documents->begin(), documents->end(), std::back_inserter(m_stage.documents));
        return {};
    }
    store::Transaction transaction(m_documents->database());
    Status done = transaction.begun();
    if (done && !std::exchange(m_stage.spilled, true)) done = m_documents->clearStage();
    if (done) done = m_documents->stage(chunk.documentsJson);
    if (done) done = transaction.commit();
    return done;
}

void Core::endFetch(std::uint64_t session, const Result<remote::FetchEnd>& end) {
    if (session != m_engine.session) return;
    const auto fail = [&](const Error& error) { feed(engine::FetchCame{session, error}); };
    if (!end) return fail(end.error());
    if (!end->helloNeeded)
        if (const Status good = m_stage.check.end(end->state); !good) return fail(good.error());
    engine::FetchOutcome outcome{end->helloNeeded, end->state, m_stage.check.count(), {}, 0};
    if (m_stage.kind == engine::FetchKind::kDigests && !end->helloNeeded) {
        const auto ours = m_documents->digests(m_engine.window);
        if (!ours) return fail(ours.error());
        std::map<Bucket, std::pair<Hash, Hash>> both;
        for (const auto& bucket : *ours) both[bucket.bucket].first = bucket.digest;
        for (const auto& bucket : m_stage.digests) both[bucket.bucket].second = bucket.digest;
        outcome.compared = static_cast<std::uint32_t>(both.size());
        for (const auto& [bucket, digests] : both)
            if (digests.first != digests.second) outcome.differing.push_back(bucket);
    }
    feed(engine::FetchCame{session, std::move(outcome)});
}

}  // namespace hashira::daemon
