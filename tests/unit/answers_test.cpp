// SPDX-License-Identifier: MIT
#include <QTest>

#include "rpc/answers.h"

#include <string>

using hashira::rpc::Answers;

class AnswersTest : public QObject {
    Q_OBJECT

    Answers m_answers;
    std::string m_sent;

    void add(char name) {
        m_answers.add([this, name] { m_sent += name; });
    }

private Q_SLOTS:
    void init() { m_sent.clear(); }

    void unheldLeaveAtOnce() {
        add('a');
        QCOMPARE(m_sent, std::string("a"));
        m_answers.hold();
        m_answers.release();
        add('b');
        QCOMPARE(m_sent, std::string("ab"));
    }

    void theFirstLeavesAtOnceAndADrainSendsTheOthers() {
        m_answers.hold();
        for (const char name : {'a', 'b', 'c'}) add(name);
        QCOMPARE(m_sent, std::string("a"));
        m_answers.drain();
        QCOMPARE(m_sent, std::string("abc"));
        add('d');
        QCOMPARE(m_sent, std::string("abc"));
        m_answers.release();
        QCOMPARE(m_sent, std::string("abcd"));
    }

    void releaseWaitsForNobody() {
        m_answers.hold();
        add('a');
        add('b');
        m_answers.release();
        QCOMPARE(m_sent, std::string("ab"));
    }

    void whatIsDoneInADrainStartsNoOther() {
        m_answers.hold();
        add('a');
        m_answers.add([this] {
            m_sent += '(';
            m_answers.drain();
            m_sent += ')';
        });
        add('b');
        m_answers.release();
        QCOMPARE(m_sent, std::string("a()b"));
        // Nor does it keep a later one from sending.
        m_answers.hold();
        add('c');
        add('d');
        m_answers.drain();
        QCOMPARE(m_sent, std::string("a()bcd"));
        m_answers.release();
    }
};

QTEST_GUILESS_MAIN(AnswersTest)
#include "answers_test.moc"
