// SPDX-License-Identifier: MIT
#include "support/board_bench.h"

#include <QAccessible>
#include <QApplication>
#include <QElapsedTimer>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTemporaryFile>
#include <QTest>

#include <algorithm>

// The board while others change the same tasks, and while the daemon goes and comes back.

using namespace hashira;
using hashira::board::EditState;
using hashira::test::BoardBench;

namespace {

bool openEditor(BoardBench& bench) {
    bench.press(Qt::Key_Return);
    return QTest::qWaitFor(
        [&] {
            return bench.window().editor() != nullptr && bench.window().editor()->isActiveWindow();
        },
        test::kBoardLimitMs);
}

QString notice(BoardBench& bench) {
    QString text;
    for (const QLabel* label : bench.window().editor()->findChildren<QLabel*>())
        if (label->isVisible()) text += label->text() + QLatin1Char('\n');
    return text;
}

}  // namespace

class BoardOthersTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theirChangeShowsAndTheSelectionStays() {
        BoardBench bench;
        QVERIFY(bench.startDaemon());
        const std::string a = bench.add("a");
        bench.add("b");
        const std::string c = bench.add("c");
        QVERIFY(bench.openWindow());
        COMES_TO(bench.shown(Place::kTodo), "a, b, c");
        bench.press(Qt::Key_Down);
        QCOMPARE(bench.board().current()->name, QStringLiteral("b"));
        QVERIFY(bench.remove(a));
        COMES_TO(bench.shown(Place::kTodo), "b, c");
        QVERIFY(bench.update(c, R"("name":"C")"));
        COMES_TO(bench.shown(Place::kTodo), "b, C");
        QCOMPARE(bench.board().current()->name, QStringLiteral("b"));
        // It goes where the task goes, whoever moved it.
        QVERIFY(bench.update(bench.board().current()->task.id, R"("place":"doing")"));
        COMES_TO(bench.shown(Place::kDoing), "b");
        QCOMPARE(bench.board().current()->name, QStringLiteral("b"));
        QCOMPARE(bench.board().currentPlace(), Place::kDoing);
        // Where it is deleted, keys go on working.
        QVERIFY(bench.remove(bench.board().current()->task.id));
        COMES_TO(bench.shown(Place::kDoing), "");
        bench.press(Qt::Key_Left);
        QCOMPARE(bench.board().current()->name, QStringLiteral("C"));
    }

    void whatIsSeenStaysWhereItIs() {
        BoardBench bench;
        QVERIFY(bench.startDaemon());
        std::vector<std::string> ids;
        for (int i = 0; i < 60; ++i) ids.push_back(bench.add("card " + std::to_string(i)));
        QVERIFY(bench.openWindow());
        board::CardList& list = bench.board().column(Place::kTodo).list();
        COMES_TRUE(list.cards().rowCount() == 60);
        COMES_TRUE(list.verticalScrollBar()->maximum() > 1000);
        list.setCurrentRow(30, true);
        const int top = list.visualRect(list.currentIndex()).top();
        QVERIFY(top > 0 && list.verticalScrollBar()->value() > 0);
        QVERIFY(bench.remove(ids[3]));
        bench.add("above", "todo", ",\"before\":\"" + ids[0] + "\"");
        bench.add("more above", "todo", ",\"before\":\"" + ids[1] + "\"");
        COMES_TRUE(list.cards().rowCount() == 61);
        QCOMPARE(bench.board().current()->task.id, ids[30]);
        QCOMPARE(list.visualRect(list.currentIndex()).top(), top);
    }

    void aTypedEditSurvivesTheirs() {
        BoardBench bench;
        QVERIFY(bench.startDaemon());
        const std::string id = bench.add("a", "todo", R"(,"note":"old")");
        QVERIFY(bench.openWindow());
        COMES_TO(bench.shown(Place::kTodo), "a");
        QVERIFY(openEditor(bench));
        bench.type(QStringLiteral("half ty"));
        QVERIFY(bench.update(id, R"("name":"theirs","note":"new","labels":["x"])"));
        COMES_TRUE(notice(bench).contains(QStringLiteral("changed elsewhere")));
        QVERIFY(notice(bench).contains(QStringLiteral("Elsewhere it became: theirs")));
        bench.type(QStringLiteral("ped"));
        bench.press(Qt::Key_Return);
        COMES_TO(bench.shown(Place::kTodo), "half typed");
        const frontend::Task task = bench.task(id);
        QCOMPARE(task.note, std::optional<std::string>("new"));
        QCOMPARE(task.labels, std::vector<std::string>{"x"});
        // Undo takes back the name alone.
        QVERIFY(bench.activate());
        bench.press(Qt::Key_U);
        COMES_TO(bench.shown(Place::kTodo), "theirs");
        QCOMPARE(bench.task(id).note, std::optional<std::string>("new"));
    }

    void anEditOfWhatTheyDeletedBringsItBack() {
        BoardBench bench;
        QVERIFY(bench.startDaemon());
        const std::string id = bench.add("a");
        QVERIFY(bench.openWindow());
        COMES_TO(bench.shown(Place::kTodo), "a");
        QVERIFY(openEditor(bench));
        bench.type(QStringLiteral("kept"));
        QVERIFY(bench.remove(id));
        COMES_TRUE(notice(bench).contains(QStringLiteral("deleted elsewhere")));
        bench.press(Qt::Key_Return);
        COMES_TO(bench.shown(Place::kTodo), "kept");
    }

    void undoLeavesTheirsAlone() {
        BoardBench bench;
        QVERIFY(bench.startDaemon());
        const std::string id = bench.add("a");
        QVERIFY(bench.openWindow());
        COMES_TO(bench.shown(Place::kTodo), "a");
        bench.press(Qt::Key_S);
        COMES_TO(bench.shown(Place::kDoing), "a");
        QVERIFY(bench.update(id, R"("place":"done")"));
        COMES_TO(bench.shown(Place::kDone), "a");
        bench.press(Qt::Key_U);
        COMES_TRUE(bench.window().said().contains(QStringLiteral("changed elsewhere")));
        QCOMPARE(bench.shown(Place::kDone), QStringLiteral("a"));
    }

    void aDaemonThatRestartsCostsNothing() {
        BoardBench bench;
        QVERIFY(bench.startDaemon());
        bench.add("a");
        const std::string id = bench.add("b");
        QVERIFY(bench.openWindow());
        COMES_TO(bench.shown(Place::kTodo), "a, b");
        bench.press(Qt::Key_Down);
        bench.press(Qt::Key_Up, Qt::ControlModifier);
        COMES_TO(bench.shown(Place::kTodo), "b, a");
        QVERIFY(openEditor(bench));
        bench.type(QStringLiteral("half"));
        QVERIFY(bench.stopDaemon());
        COMES_TRUE(!bench.window().session().connected());
        QCOMPARE(bench.startsAsked(), 0);  // somebody ended it
        QCOMPARE(bench.shown(Place::kTodo), QStringLiteral("b, a"));
        bench.type(QStringLiteral(" way"));
        bench.press(Qt::Key_Return);  // saved while nobody is there to take it
        COMES_TRUE(bench.window().said().contains(QStringLiteral("is kept")));
        QVERIFY(bench.startDaemon());
        COMES_TO(bench.shown(Place::kTodo), "half way, a");
        QCOMPARE(bench.board().current()->task.id, id);
        QVERIFY(bench.activate());
        bench.press(Qt::Key_U);
        COMES_TO(bench.shown(Place::kTodo), "b, a");
        bench.press(Qt::Key_U);
        COMES_TO(bench.shown(Place::kTodo), "a, b");
    }

    void whatIsNotSyncedIsMarked() {
        BoardBench bench;
        QTemporaryFile token;
        QVERIFY(token.open() && token.write("nobodys\n") > 0);
        token.close();
        // Nobody listens there.
        QVERIFY(bench.startDaemon({QStringLiteral("--datastore"),
                                   QStringLiteral("hashira+plaintext://127.0.0.1:1"),
                                   QStringLiteral("--token-file"), token.fileName()}));
        bench.add("a");
        QVERIFY(bench.openWindow());
        COMES_TO(bench.shown(Place::kTodo), "a");
        const auto foot = [&](const QString& words) {
            const auto labels = bench.window().findChildren<QLabel*>();
            return std::any_of(labels.begin(), labels.end(), [&](const QLabel* label) {
                return label->isVisible() && label->text().startsWith(words);
            });
        };
        COMES_TRUE(foot(QStringLiteral("Offline · 1 change waiting")));
        QAccessibleInterface* list =
            QAccessible::queryAccessibleInterface(&bench.board().column(Place::kTodo).list());
        COMES_TRUE(list->child(0)->text(QAccessible::Name) == QStringLiteral("a, not synced yet"));
        bench.press(Qt::Key_S);
        COMES_TRUE(foot(QStringLiteral("Offline · 2 changes waiting")));
    }

    void itClosesWhileTheDaemonIsAway() {
        BoardBench bench;
        QVERIFY(bench.startDaemon());
        QVERIFY(bench.openWindow());
        QVERIFY(bench.stopDaemon());
        COMES_TRUE(!bench.window().session().connected());
        bench.press(Qt::Key_N);
        bench.type(QStringLiteral("never sent"));
        bench.press(Qt::Key_Return);
        QElapsedTimer closing;
        closing.start();
        bench.closeWindow();
        QVERIFY2(closing.elapsed() < 10'000, qPrintable(QString::number(closing.elapsed())));
    }

    void aNewLocalTokenIsTaken() {
        BoardBench bench;
        QVERIFY(bench.startOnTcp());
        bench.add("a");
        QVERIFY(bench.openWindow());
        COMES_TO(bench.shown(Place::kTodo), "a");
        QVERIFY(bench.stopDaemon());
        COMES_TRUE(!bench.window().session().connected());
        QVERIFY(bench.startDaemon());  // on the same port, with another token
        COMES_TRUE(bench.window().session().connected());
        bench.press(Qt::Key_S);
        COMES_TO(bench.shown(Place::kDoing), "a");
    }

    void whereNoneRunsOneIsStarted() {
        BoardBench bench;
        QVERIFY(!bench.openWindow(500));
        COMES_TRUE(bench.startsAsked() == 1);
        QVERIFY(bench.startDaemon());
        COMES_TRUE(bench.window().session().connected());
        bench.add("a");
        COMES_TO(bench.shown(Place::kTodo), "a");
        QCOMPARE(bench.startsAsked(), 1);
    }
};

QTEST_MAIN(BoardOthersTest)
#include "board_others_test.moc"
