// SPDX-License-Identifier: MIT
#include "datastore/broadcaster.h"

#include <QTest>

using namespace hashira;
using namespace hashira::datastore;

namespace {

class Silent final : public Watcher {
public:
    void changed(std::uint64_t) override {}
    std::uint64_t told() override { return 0; }
    void setBack() override {}
    void end(const Error&) override {}
};

}  // namespace

class BroadcasterTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void soManyWatchersInAll();
    void soManyWatchersOfAnAccount();
};

void BroadcasterTest::soManyWatchersInAll() {
    Broadcaster broadcaster(3);
    std::vector<std::shared_ptr<Silent>> watchers;
    const auto add = [&](const std::string& account) {
        watchers.push_back(std::make_shared<Silent>());
        return broadcaster.add(account, "token", watchers.back());
    };
    QVERIFY(add("a").ok() && add("a").ok() && add("b").ok());
    const Status refused = add("c");
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::kExhausted);
    QVERIFY(refused.error().retryAfterMs > 0);
    // One that is gone makes room, for one.
    watchers.clear();
    watchers.push_back(std::make_shared<Silent>());
    QVERIFY(broadcaster.add("c", "token", watchers.back()).ok());
    QVERIFY(add("d").ok() && add("d").ok());
    QVERIFY(!add("d"));
}

void BroadcasterTest::soManyWatchersOfAnAccount() {
    Broadcaster broadcaster;
    std::vector<std::shared_ptr<Silent>> watchers;
    const auto add = [&](const std::string& account) {
        watchers.push_back(std::make_shared<Silent>());
        return broadcaster.add(account, "token", watchers.back());
    };
    for (std::size_t i = 0; i < datastore::limits::kWatchersOfAccount; ++i) QVERIFY(add("a").ok());
    const Status refused = add("a");
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::kExhausted);
    QVERIFY(refused.error().retryAfterMs > 0);
    // The others of the datastore have their own, and one that is gone makes room.
    QVERIFY(add("b").ok());
    watchers.erase(watchers.begin());
    QVERIFY(add("a").ok());
    QVERIFY(!add("a"));
}

QTEST_APPLESS_MAIN(BroadcasterTest)
#include "broadcaster_test.moc"
