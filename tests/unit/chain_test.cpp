// SPDX-License-Identifier: MIT
// What the history of a device and the contents of a week are told apart by, and the ids of both.
#include <QCryptographicHash>
#include <QTest>

#include "model/chain.h"
#include "model/uuid.h"
#include "support/seeded.h"

#include <set>

using namespace hashira;
using namespace hashira::test;

namespace {

class TestRandom final : public Random {
public:
    std::uint64_t next() override { return m_seeded(); }

private:
    Seeded m_seeded;
};

}  // namespace

class ChainTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void chainIsAsTheProtocolSays() {
        QCOMPARE(chainStart(), Hash(32, '\0'));
        QByteArray bytes(32, '\0');
        bytes += QByteArray("\0\0\0\2id", 6) + QByteArray("\0\0\1\0", 4) + QByteArray(256, 'p');
        const QByteArray expected = QCryptographicHash::hash(bytes, QCryptographicHash::Sha256);
        QCOMPARE(QByteArray::fromStdString(chainNext(chainStart(), "id", std::string(256, 'p'))),
                 expected);
    }

    void everyPartOfTheHistoryCounts() {
        const Hash start = chainStart();
        const Hash one = chainNext(start, "a", "b");
        QCOMPARE(one.size(), std::size_t(32));
        QVERIFY(one == chainNext(start, "a", "b"));
        const Hash others[] = {chainNext(start, "ab", ""), chainNext(start, "", "ab"),
                               chainNext(start, "b", "a"), chainNext(one, "a", "b"),
                               chainNext(start, "a", std::string("b\0", 2))};
        std::set<Hash> all{one};
        for (const Hash& other : others) QVERIFY(all.insert(other).second);
    }

    void bucketDigest() {
        BucketDigest digest;
        QCOMPARE(digest.digest(),
                 QCryptographicHash::hash({}, QCryptographicHash::Sha256).toStdString());
        digest.add("x", 1);
        digest.add("y", 18'446'744'073'709'551'615ULL);
        QCOMPARE(digest.count(), 2ULL);
        const QByteArray lines("x 1\ny 18446744073709551615\n");
        QCOMPARE(digest.digest(),
                 QCryptographicHash::hash(lines, QCryptographicHash::Sha256).toStdString());
        BucketDigest moved(std::move(digest));
        moved.add("z", 0);
        QCOMPARE(moved.count(), 3ULL);
    }

    void uuidsAreOfVersion7AndOrderedByTime() {
        TestRandom random;
        std::string previous;
        std::set<std::string> all;
        for (std::int64_t ms = 1'764'000'000'000; ms < 1'764'000'002'000; ++ms) {
            const std::string id = makeUuidV7(ms, random);
            QVERIFY2(isUuid(id), id.c_str());
            QCOMPARE(id[14], '7');
            QVERIFY2(std::string_view("89ab").find(id[19]) != std::string_view::npos, id.c_str());
            QVERIFY(id.substr(0, 13) > previous);
            previous = id.substr(0, 13);
            QCOMPARE(std::stoll(id.substr(0, 8) + id.substr(9, 4), nullptr, 16), ms);
            QVERIFY(all.insert(id).second);
            QVERIFY(all.insert(makeUuidV7(ms, random)).second);
        }
    }

    void uuidsOfOneMakerAscend() {
        TestRandom random;
        UuidMaker maker;
        const std::int64_t ms = 1'764'000'000'000;
        std::string previous = maker.make(ms, random);
        QCOMPARE(std::stoll(previous.substr(0, 8) + previous.substr(9, 4), nullptr, 16), ms);
        // More than fit into a millisecond, and a clock that goes back.
        for (int i = 0; i < 10'000; ++i) {
            const std::string id = maker.make(i % 3 ? ms : ms - 1'000, random);
            QVERIFY2(isUuid(id) && id[14] == '7', id.c_str());
            QVERIFY2(id.substr(0, 18) > previous.substr(0, 18), id.c_str());
            previous = id;
        }
        const std::string later = maker.make(ms + 60'000, random);
        QCOMPARE(std::stoll(later.substr(0, 8) + later.substr(9, 4), nullptr, 16), ms + 60'000);
    }

    void whatIsAUuid() {
        QVERIFY(isUuid("0193a5b0-0000-7000-8000-000000000001"));
        for (const char* bad :
             {"", "0193a5b0-0000-7000-8000-00000000000", "0193a5b0-0000-7000-8000-0000000000012",
              "0193A5B0-0000-7000-8000-000000000001", "0193a5b000000-7000-8000-000000000001",
              "0193a5b0-0000-7000-8000-00000000000g", "{193a5b0-0000-7000-8000-00000000001}"})
            QVERIFY2(!isUuid(bad), bad);
    }

    void deviceIdsAndTokens() {
        TestRandom random;
        const std::string device = makeDeviceId(random);
        QCOMPARE(device.size(), std::size_t(15));
        QVERIFY(device.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyz") ==
                std::string::npos);
        QVERIFY(makeDeviceId(random) != device);
        const std::string token = makeToken(random, 32);
        QCOMPARE(token.size(), std::size_t(64));
        QVERIFY(token.find_first_not_of("0123456789abcdef") == std::string::npos);
        QVERIFY(makeToken(random, 32) != token);
    }

    void theSystemsRandomnessIsNotConstant() {
        SystemRandom random;
        QVERIFY(makeToken(random, 16) != makeToken(random, 16));
    }
};

QTEST_APPLESS_MAIN(ChainTest)
#include "chain_test.moc"
