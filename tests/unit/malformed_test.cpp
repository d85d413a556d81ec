// SPDX-License-Identifier: MIT
// What is told of requests that cannot be read, or should not be.
#include <QTest>

#include "base/limits.h"
#include "wire/front_convert.h"
#include "wire/malformed.h"

#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

using namespace hashira;

namespace {

/// A field whose value has a length.
std::string field(int number, const std::string& value) {
    return std::string{static_cast<char>(number << 3 | 2), static_cast<char>(value.size())} + value;
}

std::string why(const std::string& bytes) {
    return wire::whyMalformed(*v1::SendRequest::descriptor(), bytes);
}

Status checkCount(const std::string& bytes) {
    google::protobuf::io::ArrayInputStream stream(bytes.data(), static_cast<int>(bytes.size()));
    return wire::checkCommandCount(stream);
}

}  // namespace

class MalformedTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void saysWhere() {
        const std::string good = field(1, field(3, "{}"));
        QCOMPARE(why(good + field(1, field(3, "\xFF"))),
                 std::string("commands[1]: payload: is not valid UTF-8"));
        QCOMPARE(why(field(1, field(1, "\xED\xA0\x80")) + good),
                 std::string("commands[0]: id: is not valid UTF-8"));
        QCOMPARE(why(good + good + field(1, "\xFF")),
                 std::string("commands[2]: is no Command of Protocol Buffers"));
        QCOMPARE(why("\xFF\xFF"), std::string("the request is no SendRequest of Protocol Buffers"));
        QCOMPARE(
            wire::whyMalformed(*v1::RetrieveRequest::descriptor(), field(3, field(1, "\xC0\x80"))),
            std::string("changed_since: epoch: is not valid UTF-8"));
    }

    void fieldsOfOthersAreNoReason() {
        QCOMPARE(why(field(9, "\xFF") + field(1, field(3, "\xFF"))),
                 std::string("commands[0]: payload: is not valid UTF-8"));
    }

    void commandsAreCountedUnread() {
        std::string most;
        for (std::size_t i = 0; i < limits::kSendCommands; ++i) most += field(1, "");
        QVERIFY(checkCount(most));
        QVERIFY(checkCount(most + field(2, "not a command")));
        const Status many = checkCount(most + field(1, "x"));
        QVERIFY(!many);
        QCOMPARE(many.error().code, ErrorCode::kExhausted);
        QVERIFY(many.error().message.find("this one has 20001") != std::string::npos);
        QVERIFY(checkCount("\xFF\xFF\xFF"));  // parsing tells
    }
};

QTEST_APPLESS_MAIN(MalformedTest)
#include "malformed_test.moc"
