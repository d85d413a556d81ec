// SPDX-License-Identifier: MIT
//
// Input: requests as they come over the wire, one after the other on one account: a byte that says
// which, then its bytes as a part. Bits of the byte put the right incarnation, numbers and hash in,
// which no mutation would find.
#include "base/limits.h"
#include "datastore/ledger.h"
#include "fuzz/fuzz.h"
#include "fuzz/messages.h"
#include "support/memory_repository.h"
#include "wire/front_convert.h"
#include "wire/sync_convert.h"

#include <memory>

namespace hashira::fuzz {
namespace {

constexpr char kAccount[] = "0193a5b0-0000-7000-8000-0000000000aa";
constexpr char kIncarnation[] = "one";
constexpr std::int64_t kNowMs = 1'795'000'000'000;
constexpr int kMostRequests = 16;

/// One account of a ledger, and what must hold of it.
class Account {
public:
    Account() { m_repository.addAccount(kAccount, kIncarnation); }

    void apply(std::string_view bytes, bool repaired) {
        v1::ApplyRequest message;
        if (!read(bytes, message)) return;
        auto request = wire::fromProto(std::move(message));
        if (!request) return requireWords(request.error());
        if (repaired) repair(*request);
        const auto first = run<sync::ApplyResponse>([&](auto& transaction) {
            return datastore::ledger::apply(transaction, *request, context());
        });
        const auto documents = state().documents;
        const auto again = run<sync::ApplyResponse>([&](auto& transaction) {
            return datastore::ledger::apply(transaction, *request, context());
        });
        require(first.ok() == again.ok(), "a repeated batch is answered alike");
        require(state().documents == documents, "a repeated batch has no second effect");
    }

    void push(std::string_view bytes) {
        v1::PushRequest message;
        if (!read(bytes, message)) return;
        sync::PushRequest request = wire::fromProto(message);
        request.incarnation = kIncarnation;
        for (int i = 0; i < 2; ++i) {
            const auto before = state().documents;
            const auto pushed = run<sync::PushResponse>([&](auto& transaction) {
                return datastore::ledger::push(transaction, request, context());
            });
            if (i == 1 || !pushed)
                require(state().documents == before, "a repeated push has no effect");
        }
    }

    void fetch(std::string_view bytes, bool since) {
        v1::FetchRequest message;
        if (!read(bytes, message)) return;
        auto request = wire::fromProto(message);
        if (!request) return requireWords(request.error());
        request->incarnation = kIncarnation;
        if (since) request->since = state().state.cursor;
        fetched(*request);
    }

    void watch(std::string_view bytes) {
        v1::WatchRequest message;
        if (!read(bytes, message)) return;
        const sync::WatchRequest request = wire::fromProto(message);
        const auto hello = run<sync::Hello>([&](auto& transaction) {
            return datastore::ledger::hello(transaction, request, context());
        });
        if (hello)
            require(hello->devices.size() == request.devices.size(), "each device is answered");
    }

    /// All that is stored can be read, lies where it should, and is fetched by everybody.
    void check() {
        std::size_t open = 0;
        for (const auto& [id, row] : state().documents) {
            const auto document = readDocument(row.text);
            require(document && document->document.id == id, "a stored document can be read");
            require(documentText(document->document) == row.text, "it is stored canonical");
            require(row.text.size() <= limits::kDocumentBytes, "it is within its limit");
            require(row.bucket == document->document.bucket(), "it lies in its week");
            require(row.version >= 1 && row.version <= state().state.cursor.version,
                    "its version is one of the account");
            open += row.bucket.open() ? 1 : 0;
        }
        sync::FetchRequest all;
        all.incarnation = kIncarnation;
        all.since = sync::Cursor();
        require(fetched(all) == state().documents.size(), "a fetch from the beginning gives all");
        sync::FetchRequest now;
        now.incarnation = kIncarnation;
        now.scope.open = true;
        require(fetched(now) == open, "a fetch of what is open gives all that is open");
    }

private:
    const test::MemoryRepository::Account& state() const { return *m_repository.find(kAccount); }

    datastore::ledger::Context context() {
        return {kNowMs, "token" + std::to_string(++m_tokens), "fuzz"};
    }

    static void requireWords(const Error& error) {
        require(!error.message.empty() && isUtf8(error.message), "a refusal says why");
        require(error.code == ErrorCode::kInvalid, "the request is to blame");
    }

    /// Makes it the next batch of its device.
    void repair(sync::ApplyRequest& request) {
        request.incarnation = kIncarnation;
        const auto known = state().devices.find(request.device);
        const datastore::DeviceRow row =
            known == state().devices.end() ? datastore::DeviceRow() : known->second;
        request.previousHash = row.hash;
        std::uint64_t number = row.last;
        for (sync::NumberedCommand& command : request.commands) command.number = ++number;
    }

    template <typename Answer, typename Function>
    Result<Answer> run(Function function) {
        const auto before = state().state.cursor;
        const auto transaction = m_repository.begin(kAccount);
        auto answer = function(*transaction);
        if (!answer) {
            requireWords(answer.error());
            return answer;
        }
        require(transaction->commit().ok(), "a transaction commits");
        require(state().state.cursor.version >= before.version, "versions only grow");
        return answer;
    }

    /// The number of documents; none where it was refused.
    std::size_t fetched(const sync::FetchRequest& request) {
        std::size_t count = 0;
        const auto end = run<datastore::ledger::FetchEnd>([&](auto& transaction) {
            return datastore::ledger::fetch(
                transaction, request, context(), [&](sync::Chunk chunk) {
                    const auto documents = sync::parseDocuments(chunk.documentsJson);
                    require(documents.ok(), "a chunk can be read");
                    count += documents->size();
                    return Status();
                });
        });
        return end ? count : 0;
    }

    test::MemoryRepository m_repository;
    int m_tokens = 0;
};

void send(std::string_view bytes) {
    v1::SendRequest message;
    if (!read(bytes, message)) return;
    const auto drafts = wire::toDrafts(message);
    if (drafts) {
        require(drafts->size() == static_cast<std::size_t>(message.commands_size()),
                "each command is a draft");
        return;
    }
    require(drafts.error().message.find("commands[") == 0 ||
                drafts.error().code == ErrorCode::kExhausted,
            "a refusal names the command");
    require(isUtf8(drafts.error().message), "a refusal can be sent");
}

}  // namespace
}  // namespace hashira::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hashira::fuzz;
    Parts parts({reinterpret_cast<const char*>(data), size});
    Account account;
    for (int i = 0; i < kMostRequests && !parts.done(); ++i) {
        const int kind = parts.byte();
        const std::string_view bytes = parts.part();
        const bool flag = kind >= 128;
        switch (kind % 5) {
            case 0: account.apply(bytes, !flag); break;
            case 1: account.push(bytes); break;
            case 2: account.fetch(bytes, flag); break;
            case 3: account.watch(bytes); break;
            default: send(bytes);
        }
    }
    account.check();
    return 0;
}
