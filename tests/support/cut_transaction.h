// SPDX-License-Identifier: MIT
#pragma once

#include "datastore/repository.h"

#include <functional>

namespace hashira::test {

/// Calls `cut` before the nth use of a transaction.
class CutTransaction final : public datastore::Transaction {
public:
    CutTransaction(datastore::Transaction& whole, int nth, std::function<void()> cut)
        : m_whole(whole), m_left(nth), m_cut(std::move(cut)) {}

    Result<datastore::AccountState> account() override { return use().account(); }
    Status saveAccount(const datastore::AccountState& state, std::int64_t nowMs) override {
        return use().saveAccount(state, nowMs);
    }
    Result<datastore::Known> knowsCursor(const sync::Cursor& cursor) override {
        return use().knowsCursor(cursor);
    }
    Result<datastore::DeviceRow> device(const std::string& device) override {
        return use().device(device);
    }
    Status saveDevice(const std::string& device, const datastore::DeviceRow& row) override {
        return use().saveDevice(device, row);
    }
    Result<std::vector<sync::Refusal>> refusals(const std::string& device,
                                                std::uint64_t above) override {
        return use().refusals(device, above);
    }
    Status addRefusal(const std::string& device, const sync::Refusal& refusal,
                      std::int64_t nowMs) override {
        return use().addRefusal(device, refusal, nowMs);
    }
    bool readsAhead() const override { return m_whole.readsAhead(); }
    Status readAhead(Ahead ahead) override { return use().readAhead(std::move(ahead)); }
    Result<std::optional<datastore::StoredDocument>> document(const std::string& id) override {
        return use().document(id);
    }
    Status saveDocument(const std::string& id, std::string text, std::uint64_t version,
                        Bucket bucket, std::int64_t deletedMs) override {
        return use().saveDocument(id, std::move(text), version, bucket, deletedMs);
    }
    Result<std::vector<std::string>> deletedBefore(std::int64_t beforeMs, int most) override {
        return use().deletedBefore(beforeMs, most);
    }
    Result<int> packVersions(std::int64_t beforeMs, int count) override {
        return use().packVersions(beforeMs, count);
    }
    Result<int> forgetRefusals(std::int64_t beforeMs, int most) override {
        return use().forgetRefusals(beforeMs, most);
    }
    Status documentsOf(const sync::Scope& scope, const DocumentSink& sink) override {
        return use().documentsOf(scope, sink);
    }
    Status documentsSince(std::uint64_t version, const DocumentSink& sink) override {
        return use().documentsSince(version, sink);
    }
    Status commit() override { return use().commit(); }

private:
    datastore::Transaction& use() {
        if (--m_left == 0) m_cut();
        return m_whole;
    }

    datastore::Transaction& m_whole;
    int m_left;
    std::function<void()> m_cut;
};

}  // namespace hashira::test
