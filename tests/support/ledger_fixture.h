// SPDX-License-Identifier: MIT
#pragma once

#include "base/limits.h"
#include "datastore/ledger.h"
#include "support/memory_repository.h"

#include <QString>

/// A ledger with one account, and the commands that its tests apply.
namespace hashira::test {

namespace ledger = datastore::ledger;

inline const std::string kAccount = "00000000-0000-4000-8000-000000000001";
inline const std::string kTask = "00000000-0000-7000-8000-0000000000a1";
inline const std::string kOther = "00000000-0000-7000-8000-0000000000a2";
inline constexpr std::int64_t kNow = 1'000'000'000'000;
inline constexpr std::int64_t kDay = limits::kClockAheadMs;

inline std::string commandId(int n) {
    return QString::asprintf("00000000-0000-4000-8000-%012d", n).toStdString();
}

inline sync::NumberedCommand numbered(std::uint64_t number, const std::string& payload,
                                      std::int64_t ms = kNow, What what = What::kNew) {
    sync::NumberedCommand result;
    result.number = number;
    result.command = {commandId(static_cast<int>(number)), what, {}, payload, {ms, 0, "d1"}};
    return result;
}

inline std::string named(const std::string& task, const std::string& name) {
    return R"({"id":")" + task + R"(","name":")" + name + "\"}";
}

inline sync::NumberedCommand named(std::uint64_t number, std::int64_t ms = kNow) {
    return numbered(number, named(kTask, "n" + std::to_string(number)), ms);
}

inline Hash chain(const std::vector<sync::NumberedCommand>& commands, std::size_t count) {
    Hash hash = chainStart();
    for (std::size_t i = 0; i < count; ++i)
        hash = chainNext(hash, commands[i].command.commandId, commands[i].command.payload);
    return hash;
}

/// A ledger with one account, and calls on it that commit where they succeed.
struct Ledger {
    test::MemoryRepository repository;
    std::int64_t nowMs = kNow;
    int tokens = 0;
    std::int64_t mostBytes = limits::kFetchBytes;

    Ledger() { repository.addAccount(kAccount, "i1"); }
    const test::MemoryRepository::Account& account() { return *repository.find(kAccount); }

    template <typename Answer, typename Request>
    Result<Answer> call(Result<Answer> (*function)(datastore::Transaction&, const Request&,
                                                   const ledger::Context&),
                        const Request& request) {
        const auto transaction = repository.begin(kAccount);
        auto answer = function(*transaction, request,
                               {nowMs, "t" + std::to_string(++tokens), "test", mostBytes});
        if (answer && !transaction->commit()) return Error{ErrorCode::kInternal, "commit"};
        return answer;
    }

    Result<sync::ApplyResponse> apply(const std::vector<sync::NumberedCommand>& commands,
                                      const Hash& previous = chainStart()) {
        return call(ledger::apply, sync::ApplyRequest{"i1", "d1", previous, commands});
    }
    Result<sync::PushResponse> push(const std::string& json) {
        return call(ledger::push, sync::PushRequest{"i1", json});
    }

    Result<ledger::FetchEnd> fetch(sync::FetchRequest request, std::vector<sync::Chunk>& chunks) {
        const auto transaction = repository.begin(kAccount);
        request.incarnation = "i1";
        return ledger::fetch(*transaction, request, {nowMs, {}, "test"}, [&](sync::Chunk chunk) {
            chunks.push_back(std::move(chunk));
            return Status();
        });
    }
};

inline std::string pushed(const std::string& id, const std::string& name, std::int64_t ms) {
    return R"({"fields":{"name":[")" + name + R"(",")" + std::to_string(ms) + R"(.0.d9"]},"id":")" +
           id + "\"}";
}

}  // namespace hashira::test
