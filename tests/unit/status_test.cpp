// SPDX-License-Identifier: MIT
#include "wire/status.h"

#include <QTest>

using namespace hashira;

namespace {

/// A google.rpc.Status with two details, as another library writes it: RESOURCE_EXHAUSTED, a
/// LocalizedMessage, then a RetryInfo of 90.25 seconds.
std::string foreignDetails() {
    const auto field = [](char key, const std::string& text) {
        return std::string{key, static_cast<char>(text.size())} + text;
    };
    const std::string other = field(0x0A, "type.googleapis.com/google.rpc.LocalizedMessage") +
                              field(0x12, field(0x0A, "en") + field(0x12, "later"));
    const std::string duration("\x08\x5A\x10\x80\xE5\x9A\x77", 7);  // 90 s, 250,000,000 ns
    const std::string retry = field(0x0A, "type.googleapis.com/google.rpc.RetryInfo") +
                              field(0x12, field(0x0A, duration));
    return std::string("\x08\x08", 2) + field(0x12, "slow down") + field(0x1A, other) +
           field(0x1A, retry);
}

}  // namespace

class StatusTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theHintIsCarried_data();
    void theHintIsCarried();
    void theHintOfAnotherLibrary();
    void detailsThatAreNone();
};

void StatusTest::theHintIsCarried_data() {
    QTest::addColumn<qint64>("ms");
    QTest::newRow("none") << qint64(0);
    QTest::newRow("a part of a second") << qint64(250);
    QTest::newRow("minutes") << qint64(123'456);
}

void StatusTest::theHintIsCarried() {
    QFETCH(qint64, ms);
    const grpc::Status status = wire::toGrpc({ErrorCode::kExhausted, "later", ms});
    QCOMPARE(status.error_details().empty(), ms == 0);
    const Error error = wire::fromGrpc(status);
    QCOMPARE(error.code, ErrorCode::kExhausted);
    QCOMPARE(error.message, std::string("later"));
    QCOMPARE(error.retryAfterMs, ms);
}

void StatusTest::theHintOfAnotherLibrary() {
    const grpc::Status status(grpc::StatusCode::UNAVAILABLE, "slow down", foreignDetails());
    QCOMPARE(wire::fromGrpc(status).retryAfterMs, 90'250);
}

void StatusTest::detailsThatAreNone() {
    std::string details = foreignDetails();
    const auto hint = [](const std::string& text) {
        return wire::fromGrpc({grpc::StatusCode::UNAVAILABLE, "", text}).retryAfterMs;
    };
    // Cut anywhere, or with any byte another: no harm, and no hint beyond what 31 bits hold.
    for (std::size_t i = 0; i < details.size(); ++i) {
        QCOMPARE(hint(details.substr(0, i)), 0);
        for (const char c : {'\0', '\x7F', '\xFF'}) {
            std::string changed = details;
            changed[i] = c;
            QVERIFY(hint(changed) >= 0 && hint(changed) <= 2'147'483'647LL * 1'000 + 2'147);
        }
    }
}

QTEST_APPLESS_MAIN(StatusTest)
#include "status_test.moc"
