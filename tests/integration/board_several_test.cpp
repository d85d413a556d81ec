// SPDX-License-Identifier: MIT
#include "support/board_bench.h"

#include <QApplication>
#include <QTest>

// More than one card chosen on the board, with mouse and keys, and all of them moved, finished and
// deleted at once.

using namespace hashira;
using hashira::test::BoardBench;

namespace {

constexpr auto kShift = Qt::ShiftModifier;
constexpr auto kCtrl = Qt::ControlModifier;

/// a to f in todo and x in doing.
bool open(BoardBench& bench) {
    if (!bench.startDaemon()) return false;
    for (const char* name : {"a", "b", "c", "d", "e", "f"}) bench.add(name);
    bench.add("x", "doing");
    return bench.openWindow();
}

}  // namespace

class BoardSeveralTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theyAreChosenByMouse() {
        BoardBench bench;
        QVERIFY(open(bench));
        bench.click(Place::kTodo, 1);
        QCOMPARE(bench.chosen(), QStringLiteral("b"));
        bench.click(Place::kTodo, 3, kShift);
        QCOMPARE(bench.chosen(), QStringLiteral("b, c, d"));
        bench.click(Place::kTodo, 0, kShift);  // still from b
        QCOMPARE(bench.chosen(), QStringLiteral("a, b"));
        bench.click(Place::kTodo, 4, kCtrl);
        QCOMPARE(bench.chosen(), QStringLiteral("a, b, e"));
        bench.click(Place::kTodo, 0, kCtrl);
        QCOMPARE(bench.chosen(), QStringLiteral("b, e"));
        bench.click(Place::kTodo, 4);
        QCOMPARE(bench.chosen(), QStringLiteral("e"));
        // Beside the cards: one is current all the same.
        bench.click(Place::kTodo, 2, kCtrl);
        QWidget* list = bench.board().column(Place::kTodo).list().viewport();
        QTest::mouseClick(list, Qt::LeftButton, Qt::NoModifier, list->rect().bottomLeft());
        QCOMPARE(bench.chosen(), QStringLiteral("c"));
        // Those of one column; of another one it is begun anew.
        bench.click(Place::kTodo, 2, kCtrl);
        bench.click(Place::kDoing, 0, kCtrl);
        QCOMPARE(bench.chosen(), QStringLiteral("x"));
        // A card that was current in its column before is current again.
        bench.click(Place::kTodo, 2);
        QCOMPARE(bench.chosen(), QStringLiteral("c"));
        QCOMPARE(bench.board().current()->name, QStringLiteral("c"));
    }

    void theyAreChosenByKeys() {
        BoardBench bench;
        QVERIFY(open(bench));
        bench.click(Place::kTodo, 5);
        bench.press(Qt::Key_Home);
        bench.press(Qt::Key_Down);
        bench.press(Qt::Key_Down, kShift);
        bench.press(Qt::Key_Down, kShift);
        QCOMPARE(bench.chosen(), QStringLiteral("b, c, d"));
        bench.press(Qt::Key_Up, kShift);
        QCOMPARE(bench.chosen(), QStringLiteral("b, c"));
        bench.press(Qt::Key_Home, kShift);
        QCOMPARE(bench.chosen(), QStringLiteral("a, b"));
        bench.press(Qt::Key_End, kShift);
        QCOMPARE(bench.chosen(), QStringLiteral("b, c, d, e, f"));
        bench.press(Qt::Key_A, kCtrl);
        QCOMPARE(bench.chosen(), QStringLiteral("a, b, c, d, e, f"));
        QCOMPARE(bench.window().said(), QStringLiteral("6 card(s) chosen"));
        bench.press(Qt::Key_Escape);
        QCOMPARE(bench.chosen(), QStringLiteral("f"));
        // The mouse goes on where the keys were.
        bench.press(Qt::Key_Up);
        bench.click(Place::kTodo, 2, kShift);
        QCOMPARE(bench.chosen(), QStringLiteral("c, d, e"));
        bench.press(Qt::Key_PageDown, kShift);
        QCOMPARE(bench.chosen(), QStringLiteral("e, f"));
        bench.press(Qt::Key_Up);
        QCOMPARE(bench.chosen(), QStringLiteral("e"));
    }

    void theyGoToAnotherColumnTogether() {
        BoardBench bench;
        QVERIFY(open(bench));
        bench.click(Place::kTodo, 1);
        bench.click(Place::kTodo, 3, kCtrl);
        bench.click(Place::kTodo, 4, kCtrl);
        bench.press(Qt::Key_S);
        COMES_TO(bench.shown(Place::kDoing), "b, d, e, x");
        COMES_TO(bench.shown(Place::kTodo), "a, c, f");
        COMES_TO(bench.chosen(), "b, d, e");
        COMES_TRUE(QApplication::focusWidget() == &bench.board().column(Place::kDoing).list());
        bench.press(Qt::Key_Left, kCtrl);
        COMES_TO(bench.shown(Place::kTodo), "b, d, e, a, c, f");
        bench.press(Qt::Key_D);
        COMES_TO(bench.shown(Place::kTodo), "a, c, f");
        COMES_TRUE(bench.board().cards(Place::kDone).size() == 3);
        // Each is one change that is undone at once.
        bench.press(Qt::Key_U);
        COMES_TO(bench.shown(Place::kTodo), "b, d, e, a, c, f");
        bench.press(Qt::Key_U);
        COMES_TO(bench.shown(Place::kDoing), "b, d, e, x");
        bench.press(Qt::Key_U);
        COMES_TO(bench.shown(Place::kTodo), "a, b, c, d, e, f");
        QVERIFY(!bench.window().changes().canUndo());
        bench.press(Qt::Key_Z, kCtrl | kShift);
        COMES_TO(bench.shown(Place::kDoing), "b, d, e, x");
    }

    void theyMoveWithinTheirColumn() {
        BoardBench bench;
        QVERIFY(open(bench));
        bench.click(Place::kTodo, 2);
        bench.click(Place::kTodo, 3, kShift);
        bench.press(Qt::Key_Up, kCtrl);
        COMES_TO(bench.shown(Place::kTodo), "a, c, d, b, e, f");
        bench.press(Qt::Key_J, kShift);
        bench.press(Qt::Key_J, kShift);  // at once, before the first one is shown
        COMES_TO(bench.shown(Place::kTodo), "a, b, e, c, d, f");
        QCOMPARE(bench.chosen(), QStringLiteral("c, d"));
        bench.press(Qt::Key_Home, kCtrl);
        COMES_TO(bench.shown(Place::kTodo), "c, d, a, b, e, f");
        // With gaps between them they close up, and at the end they stay.
        bench.click(Place::kTodo, 0);
        bench.click(Place::kTodo, 3, kCtrl);
        bench.press(Qt::Key_Up, kCtrl);
        COMES_TO(bench.shown(Place::kTodo), "c, b, d, a, e, f");
        bench.press(Qt::Key_Up, kCtrl);
        bench.press(Qt::Key_End, kCtrl);
        COMES_TO(bench.shown(Place::kTodo), "d, a, e, f, c, b");
        bench.press(Qt::Key_U);
        COMES_TO(bench.shown(Place::kTodo), "c, b, d, a, e, f");
    }

    void theyAreDroppedTogether() {
        BoardBench bench;
        QVERIFY(open(bench));
        bench.click(Place::kTodo, 0);
        bench.click(Place::kTodo, 2, kCtrl);
        bench.dropChosen(Place::kTodo, 5);
        COMES_TO(bench.shown(Place::kTodo), "b, d, e, a, c, f");
        COMES_TO(bench.chosen(), "a, c");
        // Upon one of themselves: before the next one that is none of them, where they are.
        bench.dropChosen(Place::kTodo, 4);
        bench.dropChosen(Place::kTodo, 6);
        COMES_TO(bench.shown(Place::kTodo), "b, d, e, f, a, c");
        bench.dropChosen(Place::kDoing, 1);
        COMES_TO(bench.shown(Place::kDoing), "x, a, c");
        bench.press(Qt::Key_U);
        COMES_TO(bench.shown(Place::kTodo), "b, d, e, f, a, c");
        bench.press(Qt::Key_U);
        COMES_TO(bench.shown(Place::kTodo), "b, d, e, a, c, f");
    }

    void theyAreDeletedTogether() {
        BoardBench bench;
        QVERIFY(open(bench));
        bench.click(Place::kTodo, 1);
        bench.click(Place::kTodo, 3, kShift);
        bench.press(Qt::Key_Delete);
        COMES_TO(bench.shown(Place::kTodo), "a, e, f");
        // The one in their place is chosen.
        QCOMPARE(bench.chosen(), QStringLiteral("e"));
        bench.press(Qt::Key_U);
        COMES_TO(bench.shown(Place::kTodo), "a, b, c, d, e, f");
    }

    void theyStayChosenWhateverOthersDo() {
        BoardBench bench;
        QVERIFY(open(bench));
        bench.click(Place::kTodo, 1);
        bench.click(Place::kTodo, 4, kShift);
        const auto id = [&](const char* name) {
            for (const board::CardPtr& card : bench.board().cards(Place::kTodo))
                if (card->task.name == name) return card->task.id;
            return std::string();
        };
        const std::string c = id("c");
        const std::string e = id("e");
        QVERIFY(bench.remove(id("a")));
        COMES_TO(bench.shown(Place::kTodo), "b, c, d, e, f");
        QCOMPARE(bench.chosen(), QStringLiteral("b, c, d, e"));
        QVERIFY(bench.update(id("d"), R"("name":"D")"));
        COMES_TO(bench.chosen(), "b, c, D, e");
        QVERIFY(bench.remove(c));
        COMES_TO(bench.chosen(), "b, D, e");
        // The current one went: the others are still meant.
        QCOMPARE(bench.board().current()->name, QStringLiteral("e"));
        QVERIFY(bench.update(e, R"("place":"doing")"));
        COMES_TO(bench.shown(Place::kDoing), "x, e");
        QCOMPARE(bench.chosen(), QStringLiteral("b, D"));
        // What is not shown is not acted upon.
        bench.press(Qt::Key_Slash);
        bench.type(QStringLiteral("D"));
        QCOMPARE(bench.chosen(), QStringLiteral("D"));
        bench.press(Qt::Key_Return);
        bench.press(Qt::Key_X);
        COMES_TO(bench.shown(Place::kTodo), "");
        bench.press(Qt::Key_Escape);
        COMES_TO(bench.shown(Place::kTodo), "b, f");
    }
};

QTEST_MAIN(BoardSeveralTest)
#include "board_several_test.moc"
