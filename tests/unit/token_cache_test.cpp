// SPDX-License-Identifier: MIT
#include "datastore/token_cache.h"
#include "datastore/limits.h"

#include <QTest>

#include <set>

using namespace hashira::datastore;

class TokenCacheTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void guessesShareAFewLanes();
    void aKnownTokenHasLanesOfItsOwn();
};

void TokenCacheTest::guessesShareAFewLanes() {
    TokenCache cache;
    std::set<std::string> lanes;
    for (int i = 0; i < 1'000; ++i) {
        const std::string hash = accounts::tokenHash(std::to_string(i));
        lanes.insert(cache.laneOf(hash));
        lanes.insert(cache.readLaneOf(hash));
    }
    QCOMPARE(lanes.size(), static_cast<std::size_t>(limits::kStrangerLanes));
}

void TokenCacheTest::aKnownTokenHasLanesOfItsOwn() {
    TokenCache cache;
    cache.put("hash 1", {1, "account"}, 0);
    cache.put("hash 2", {1, "account"}, 0);
    // One for what the account writes, and for each device one for what it reads.
    QCOMPARE(cache.laneOf("hash 1"), std::string("account"));
    QCOMPARE(cache.laneOf("hash 2"), std::string("account"));
    QVERIFY(cache.readLaneOf("hash 1") != cache.readLaneOf("hash 2"));
    // Also when it must be looked up again.
    QVERIFY(!cache.find("hash 1", 1'000'000));
    QCOMPARE(cache.laneOf("hash 1"), std::string("account"));
    QVERIFY(cache.readLaneOf("hash 1") != cache.readLaneOf("a guess"));
}

QTEST_APPLESS_MAIN(TokenCacheTest)
#include "token_cache_test.moc"
