// SPDX-License-Identifier: MIT
#include <QTest>

#include "base/limits.h"
#include "model/rank.h"
#include "support/seeded.h"

#include <algorithm>

using namespace hashira;
using namespace hashira::test;

namespace {

/// Why `rank` must not stand between the two; empty: it may.
std::string fault(const std::string& low, const std::string& rank, const std::string& high) {
    const std::string all = " low=" + low + " rank=" + rank + " high=" + high;
    if (!isRank(rank)) return "no rank" + all;
    if (!low.empty() && rank <= low) return "not above low" + all;
    if (!high.empty() && rank >= high) return "not below high" + all;
    return {};
}

/// Inserts `count` ranks, each at the place that `where` says for the list so far.
template <typename Where>
std::vector<std::string> inserted(int count, Where where, std::string& problem) {
    const std::string suffixes[] = {rankSuffix("a"), rankSuffix("b")};
    std::vector<std::string> ranks;
    for (int i = 0; i < count && problem.empty(); ++i) {
        const std::size_t at = where(ranks.size());
        const std::string low = at == 0 ? "" : ranks[at - 1];
        const std::string high = at == ranks.size() ? "" : ranks[at];
        const std::string rank = rankBetween(low, high, suffixes[i % 2]);
        problem = fault(low, rank, high);
        ranks.insert(ranks.begin() + static_cast<std::ptrdiff_t>(at), rank);
    }
    return ranks;
}

std::size_t longest(const std::vector<std::string>& ranks) {
    std::size_t most = 0;
    for (const std::string& rank : ranks) most = std::max(most, rank.size());
    return most;
}

/// A rank that somebody else made: any digits.
std::string foreignRank(Seeded& random) {
    static const std::string kSome = "019AZaz";
    std::string rank;
    for (std::size_t i = random.below(6); i > 0; --i) rank += kSome[random.below(kSome.size())];
    return rank + kSome[1 + random.below(kSome.size() - 1)];
}

}  // namespace

class RankTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsARank() {
        for (const char* good : {"1", "a0V", "zzz", "0001"}) QVERIFY2(isRank(good), good);
        for (const char* bad : {"", "0", "a0", "a-1", "ä", "a b"}) QVERIFY2(!isRank(bad), bad);
        QVERIFY(isRank(std::string(limits::kRankCharacters, '1')));
        QVERIFY(!isRank(std::string(limits::kRankCharacters + 1, '1')));
    }

    void randomInsertions() {
        Seeded random;
        for (int round = 0; round < 20; ++round) {
            std::string problem;
            const auto ranks = inserted(
                500, [&](std::size_t size) { return random.below(size + 1); }, problem);
            QVERIFY2(problem.empty(), (random.note() + ' ' + problem).c_str());
            QVERIFY2(longest(ranks) <= 40,
                     (random.note() + ' ' + std::to_string(longest(ranks))).c_str());
        }
    }

    void appendsStayShort() {
        std::string problem;
        const auto after = inserted(
            10'000, [](std::size_t size) { return size; }, problem);
        QVERIFY2(problem.empty(), problem.c_str());
        QVERIFY2(longest(after) <= 12, std::to_string(longest(after)).c_str());
        const auto before = inserted(
            10'000, [](std::size_t) { return std::size_t(0); }, problem);
        QVERIFY2(problem.empty(), problem.c_str());
        QVERIFY2(longest(before) <= 12, std::to_string(longest(before)).c_str());
    }

    /// A person who always drops at one place must never meet the limit of a rank's length.
    void insertionsAtOneSpotStayShort_data() {
        QTest::addColumn<bool>("afterTheFirst");
        QTest::newRow("always after the first") << true;
        QTest::newRow("always before the last") << false;
    }
    void insertionsAtOneSpotStayShort() {
        QFETCH(bool, afterTheFirst);
        std::string problem;
        const auto ranks = inserted(
            10'000,
            [&](std::size_t size) {
                if (size < 2) return size;
                return afterTheFirst ? std::size_t(1) : size - 1;
            },
            problem);
        QVERIFY2(problem.empty(), problem.c_str());
        QVERIFY2(longest(ranks) <= 40, std::to_string(longest(ranks)).c_str());
    }

    void insertionsInTheMiddleStayBelowTheLimit() {
        // The worst for any scheme: each one between the two made last.
        std::string low = rankBetween("", "", rankSuffix("a"));
        std::string high = rankBetween(low, "", rankSuffix("a"));
        for (int i = 0; i < 100; ++i) {
            const std::string rank = rankBetween(low, high, rankSuffix("a"));
            QVERIFY2(fault(low, rank, high).empty(), fault(low, rank, high).c_str());
            (i % 2 ? low : high) = rank;
        }
    }

    void foreignRanksAreNeighboursToo() {
        Seeded random;
        for (int round = 0; round < 20'000; ++round) {
            std::string low = foreignRank(random);
            std::string high = foreignRank(random);
            if (high < low) std::swap(low, high);
            if (low == high || random.chance(8)) (random.chance(2) ? low : high).clear();
            const std::string rank = rankBetween(low, high, rankSuffix("device"));
            const std::string problem = fault(low, rank, high);
            QVERIFY2(problem.empty(), (random.note() + ' ' + problem).c_str());
        }
    }

    void endsOfTheRange() {
        const std::string suffix = rankSuffix("a");
        const std::string lowest = "A" + std::string(26, '0') + "1";
        const std::string highest = "z" + std::string(26, 'z') + "z";
        QCOMPARE(q(fault("", rankBetween("", lowest, suffix), lowest)), QString());
        QCOMPARE(q(fault(highest, rankBetween(highest, "", suffix), "")), QString());
        QCOMPARE(q(fault("", rankBetween("", "0001", suffix), "0001")), QString());
        QCOMPARE(q(fault("Zz1", rankBetween("Zz1", "a01", suffix), "a01")), QString());
    }

    void devicesMakeDifferentRanksAtOneSpot() {
        Seeded random;
        int equal = 0;
        for (int round = 0; round < 2'000; ++round) {
            const std::string a = rankSuffix(std::to_string(random()));
            const std::string b = rankSuffix(std::to_string(random()));
            const std::string low = foreignRank(random);
            if (rankBetween(low, "", a) == rankBetween(low, "", b)) ++equal;
        }
        QVERIFY2(equal <= 1, random.note().c_str());  // one in 15 million each
    }

    void suffixIsAlwaysAnEnd() {
        Seeded random;
        for (int round = 0; round < 10'000; ++round) {
            const std::string suffix = rankSuffix(std::to_string(random()));
            QVERIFY2(suffix.size() == 4 && isRank(suffix), random.note().c_str());
        }
        QCOMPARE(q(rankSuffix("a")), q(rankSuffix("a")));
    }
};

QTEST_APPLESS_MAIN(RankTest)
#include "rank_test.moc"
