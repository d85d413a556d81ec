// SPDX-License-Identifier: MIT
#include "board.h"
#include "cli_fake_client.h"
#include "json_stream.h"
#include "text.h"

#include <QTest>

#include <sstream>

using namespace hashira;
using namespace hashira::cli;

class CliBoardTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void widths_data();
    void widths();
    void controlCharactersAreWrittenOut();
    void cutAndBroken();
    void noLineIsWiderThanTheTerminal_data();
    void noLineIsWiderThanTheTerminal();
    void coloursChangeNoWidth();
    void limitSaysHowManyMore();
    void linesOfAPipeHoldOneTaskEach();

private:
    std::vector<const Task*> tasks();
    Look look(int columns);

    std::vector<Task> m_tasks;
    IdIndex m_ids;
};

namespace {

std::string id(int number) {
    char text[64];
    std::snprintf(text, sizeof text, "019ab000-0000-7000-8000-%012x", number);
    return text;
}

std::string withoutColours(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\x1b')
            i = text.find('m', i);
        else
            out += text[i];
    }
    return out;
}

std::vector<std::string> linesOf(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

}  // namespace

std::vector<const Task*> CliBoardTest::tasks() {
    m_tasks.clear();
    const char* names[] = {
        "Buy milk",
        "東京で会議をする、とても長い名前の仕事です",
        "👩‍👩‍👧 family 🎉 party",
        "A very long name of a task that will not fit into any column of the board at all, really",
        "averyveryverylongwordwithoutanyspaceinsidewhichmustbebrokensomewhereinthemiddle",
        "evil \x1b[31m red\nline \xE2\x80\xAE txt"};
    std::vector<std::string> ids;
    for (int i = 0; i < 6; ++i) {
        Task task;
        task.id = id(i);
        task.name = names[i];
        task.place = kPlaces[i % 4];
        task.rank = "i";
        task.labels = {"home", "一二三"};
        task.due = "2026-11-20";
        task.pending = i == 0;
        ids.push_back(task.id);
        m_tasks.push_back(task);
    }
    m_ids = IdIndex(ids);
    std::vector<const Task*> all;
    for (const Task& task : m_tasks) all.push_back(&task);
    return all;
}

Look CliBoardTest::look(int columns) {
    Look look;
    look.columns = columns;
    look.now = Now::of(FixedClock());
    look.ids = &m_ids;
    return look;
}

void CliBoardTest::widths_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("width");
    QTest::newRow("latin") << QStringLiteral("abc") << 3;
    QTest::newRow("umlaut") << QStringLiteral("äöü") << 3;
    QTest::newRow("combining") << QString::fromUtf8("e\xCC\x81") << 1;
    QTest::newRow("cjk") << QStringLiteral("東京") << 4;
    QTest::newRow("hangul") << QStringLiteral("한국") << 4;
    QTest::newRow("emoji") << QStringLiteral("🎉") << 2;
    QTest::newRow("halfwidth") << QStringLiteral("ｱ") << 1;
}

void CliBoardTest::widths() {
    QFETCH(QString, text);
    QFETCH(int, width);
    QCOMPARE(displayWidth(text.toStdString()), width);
}

void CliBoardTest::controlCharactersAreWrittenOut() {
    QCOMPARE(escaped("a\x1b[2Jb"), std::string("a\\x1b[2Jb"));
    QCOMPARE(escaped("a\nb\tc\r"), std::string("a\\nb\\tc\\r"));
    QCOMPARE(escaped("a\nb", true), std::string("a\nb"));
    QCOMPARE(escaped("\xC2\x9B"), std::string("\\x9b"));        // CSI in one character
    QCOMPARE(escaped("\xE2\x80\xAE"), std::string("\\u202e"));  // turns the direction
    // What is no UTF-8 hides nothing that follows it.
    QCOMPARE(escaped("\xC3\x1b[2J"), std::string("\\xc3\\x1b[2J"));
    QCOMPARE(escaped("\xF0\x9F\x1b[2J\xFF"), std::string("\\xf0\\x9f\\x1b[2J\\xff"));
    QCOMPARE(escaped("\xED\xA0\x80"), std::string("\\xed\\xa0\\x80"));
    QCOMPARE(jsonPrintable("{\"a\":\"\x7F\xC2\x9B\xE2\x80\xAE é\xFF\"}\n"),
             std::string("{\"a\":\"\\u007f\\u009b\\u202e é\\ufffd\"}\n"));
    std::ostringstream out;
    {
        JsonStream json(out);
        json << "[\"\xC2";  // a character in two parts
        json << "\x9B\"]\n";
        QCOMPARE(out.str(), std::string("[\"\\u009b\"]\n"));
        json << "\x7F";
    }
    QCOMPARE(out.str(), std::string("[\"\\u009b\"]\n\\u007f"));
    QCOMPARE(escaped("日本 ä 🎉"), std::string("日本 ä 🎉"));
}

void CliBoardTest::cutAndBroken() {
    QCOMPARE(fitted("abcdef", 4), std::string("abc…"));
    QCOMPARE(fitted("東京都", 4), std::string("東…"));
    QCOMPARE(fitted("abc", 3), std::string("abc"));
    QCOMPARE(wrapped("one two three", 8, 3), (std::vector<std::string>{"one two", "three"}));
    QCOMPARE(wrapped("one two three four", 8, 2),
             (std::vector<std::string>{"one two", "three f…"}));
    QCOMPARE(wrapped("abcdefghij", 4, 3), (std::vector<std::string>{"abcd", "efgh", "ij"}));
}

void CliBoardTest::noLineIsWiderThanTheTerminal_data() {
    QTest::addColumn<int>("columns");
    for (const int columns : {20, 40, 79, 80, 81, 120, 237})
        QTest::addRow("%d", columns) << columns;
}

void CliBoardTest::noLineIsWiderThanTheTerminal() {
    QFETCH(int, columns);
    const std::string text = boardText(tasks(), look(columns));
    for (const std::string& line : linesOf(text)) {
        QVERIFY2(displayWidth(line) <= columns, line.c_str());
        QVERIFY(line.find('\x1b') == std::string::npos);
    }
    for (const char* place : {"backlog 2", "todo 2", "doing 1", "done 1"})
        QVERIFY(text.find(place) != std::string::npos);
    // Side by side only where there is room.
    QCOMPARE(linesOf(text).front().find("todo") != std::string::npos, columns >= 80);
}

void CliBoardTest::coloursChangeNoWidth() {
    Look coloured = look(100);
    const auto all = tasks();
    coloured.color = true;
    const std::string text = boardText(all, coloured);
    QVERIFY(text.find("\x1b[31m") != std::string::npos);  // overdue is red
    QCOMPARE(withoutColours(text), boardText(all, look(100)));
}

void CliBoardTest::limitSaysHowManyMore() {
    m_tasks.assign(25, Task());
    std::vector<std::string> ids;
    std::vector<const Task*> all;
    for (int i = 0; i < 25; ++i) {
        m_tasks[static_cast<std::size_t>(i)].id = id(i);
        m_tasks[static_cast<std::size_t>(i)].name = "task";
        ids.push_back(id(i));
        all.push_back(&m_tasks[static_cast<std::size_t>(i)]);
    }
    m_ids = IdIndex(ids);
    QVERIFY(boardText(all, look(100)).find("… 5 more") != std::string::npos);
    Look whole = look(100);
    whole.limit = 0;
    QVERIFY(boardText(all, whole).find("more") == std::string::npos);
    std::string omitted;
    QCOMPARE(linesOf(linesText(all, look(100), omitted)).size(), std::size_t(20));
    QCOMPARE(omitted, std::string("5 more in backlog\n"));
}

void CliBoardTest::linesOfAPipeHoldOneTaskEach() {
    std::string omitted;
    const auto lines = linesOf(linesText(tasks(), look(100), omitted));
    QCOMPARE(lines.size(), std::size_t(6));
    QVERIFY(lines[0].find("0000  backlog  Buy milk") == 0);
    QVERIFY(lines[0].find("! 2026-11-20  #home  #一二三  *") != std::string::npos);
    for (const std::string& line : lines) QVERIFY(line.find('\x1b') == std::string::npos);
}

QTEST_GUILESS_MAIN(CliBoardTest)
#include "cli_board_test.moc"
