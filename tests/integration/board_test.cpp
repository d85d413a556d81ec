// SPDX-License-Identifier: MIT
#include "help_dialog.h"
#include "support/board_bench.h"
#include "week_picker.h"

#include <QAccessible>
#include <QApplication>
#include <QSignalSpy>
#include <QTest>

// The board's window, used as a person uses it, against a real hashirad.

using namespace hashira;
using hashira::test::BoardBench;

class BoardTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsThereIsShown() {
        BoardBench bench;
        QVERIFY(bench.startDaemon());
        bench.add("later", "backlog");
        bench.add("first");
        bench.add("second");
        bench.add("over", "done");
        QVERIFY(bench.openWindow());
        COMES_TO(bench.shown(Place::kTodo), "first, second");
        QCOMPARE(bench.shown(Place::kBacklog), QStringLiteral("later"));
        QCOMPARE(bench.shown(Place::kDone), QStringLiteral("over"));
        QCOMPARE(bench.startsAsked(), 0);
    }

    void aTaskIsAddedByKeys() {
        BoardBench bench;
        QVERIFY(bench.startDaemon());
        bench.add("first");
        QVERIFY(bench.openWindow());
        COMES_TO(bench.shown(Place::kTodo), "first");
        bench.press(Qt::Key_N);
        bench.type(QStringLiteral("Buy milk"));
        bench.press(Qt::Key_Return);
        COMES_TO(bench.shown(Place::kTodo), "first, Buy milk");
        // The line stays for the next one, and Esc leaves it.
        bench.type(QStringLiteral("Bread"));
        bench.press(Qt::Key_Return);
        COMES_TO(bench.shown(Place::kTodo), "first, Buy milk, Bread");
        bench.press(Qt::Key_Escape);
        COMES_TRUE(QApplication::focusWidget() == &bench.board().column(Place::kTodo).list());
        QCOMPARE(bench.board().current()->name, QStringLiteral("Bread"));
    }

    void cardsAreMovedByKeys() {
        BoardBench bench;
        QVERIFY(bench.startDaemon());
        for (const char* name : {"a", "b", "c"}) bench.add(name);
        bench.add("x", "doing");
        QVERIFY(bench.openWindow());
        COMES_TO(bench.shown(Place::kTodo), "a, b, c");
        bench.press(Qt::Key_Down, Qt::ControlModifier);
        bench.press(Qt::Key_J, Qt::ShiftModifier);  // at once, before the first one is shown
        COMES_TO(bench.shown(Place::kTodo), "b, c, a");
        bench.press(Qt::Key_Home, Qt::ControlModifier);
        COMES_TO(bench.shown(Place::kTodo), "a, b, c");
        bench.press(Qt::Key_Right, Qt::ControlModifier);
        COMES_TO(bench.shown(Place::kDoing), "a, x");
        QCOMPARE(bench.board().current()->name, QStringLiteral("a"));
        COMES_TRUE(QApplication::focusWidget() == &bench.board().column(Place::kDoing).list());
        bench.press(Qt::Key_D);
        COMES_TO(bench.shown(Place::kDone), "a");
        QVERIFY(bench.task(bench.board().current()->task.id).done.has_value());
    }

    void undoAndRedoGoBackAndForth() {
        BoardBench bench;
        QVERIFY(bench.startDaemon());
        const std::string id = bench.add("a");
        bench.add("b");
        QVERIFY(bench.openWindow());
        COMES_TO(bench.shown(Place::kTodo), "a, b");
        bench.press(Qt::Key_D);
        COMES_TO(bench.shown(Place::kDone), "a");
        bench.press(Qt::Key_X);
        COMES_TO(bench.shown(Place::kDone), "");
        bench.press(Qt::Key_U);
        COMES_TO(bench.shown(Place::kDone), "a");
        bench.press(Qt::Key_Z, Qt::ControlModifier);
        COMES_TO(bench.shown(Place::kTodo), "a, b");
        QVERIFY(!bench.task(id).done.has_value());
        bench.press(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        COMES_TO(bench.shown(Place::kDone), "a");
        bench.press(Qt::Key_Z, Qt::ControlModifier);
        COMES_TO(bench.shown(Place::kTodo), "a, b");
        QVERIFY(!bench.window().changes().canUndo());
    }

    void anEditSendsWhatWasChanged() {
        BoardBench bench;
        QVERIFY(bench.startDaemon());
        const std::string id = bench.add("a", "todo", R"(,"labels":["home"],"note":"keep")");
        QVERIFY(bench.openWindow());
        COMES_TO(bench.shown(Place::kTodo), "a");
        bench.press(Qt::Key_Return);
        COMES_TRUE(bench.window().editor() != nullptr && bench.window().editor()->isActiveWindow());
        bench.type(QStringLiteral("Another name"));
        bench.press(Qt::Key_Return);
        COMES_TO(bench.shown(Place::kTodo), "Another name");
        const frontend::Task task = bench.task(id);
        QCOMPARE(task.labels, std::vector<std::string>{"home"});
        QCOMPARE(task.note, std::optional<std::string>("keep"));
        COMES_TRUE(bench.window().editor() == nullptr);
        QVERIFY(bench.activate());
        bench.press(Qt::Key_U);
        COMES_TO(bench.shown(Place::kTodo), "a");
    }

    void aLabelWithACommaSurvivesAnEdit() {
        BoardBench bench;
        QVERIFY(bench.startDaemon());
        const std::string id = bench.add("a", "todo", R"(,"labels":["home, garden","work"])");
        QVERIFY(bench.openWindow());
        COMES_TO(bench.shown(Place::kTodo), "a");
        bench.press(Qt::Key_Return);
        COMES_TRUE(bench.window().editor() != nullptr && bench.window().editor()->isActiveWindow());
        for (int i = 0; i < 2; ++i) bench.press(Qt::Key_Tab);
        bench.press(Qt::Key_End);
        bench.type(QStringLiteral(", \"one, two\""));
        bench.press(Qt::Key_Return);
        COMES_TRUE(bench.board().current()->labels.size() == 3);
        QCOMPARE(bench.task(id).labels,
                 (std::vector<std::string>{"home, garden", "work", "one, two"}));
    }

    void aDropMovesACard() {
        BoardBench bench;
        QVERIFY(bench.startDaemon());
        for (const char* name : {"a", "b", "c"}) bench.add(name);
        bench.add("x", "doing");
        QVERIFY(bench.openWindow());
        COMES_TO(bench.shown(Place::kTodo), "a, b, c");
        bench.drop(Place::kTodo, 2, Place::kTodo, 0);
        COMES_TO(bench.shown(Place::kTodo), "c, a, b");
        bench.drop(Place::kTodo, 0, Place::kTodo, 3);
        COMES_TO(bench.shown(Place::kTodo), "a, b, c");
        bench.drop(Place::kTodo, 1, Place::kDoing, 1);
        COMES_TO(bench.shown(Place::kDoing), "x, b");
        bench.drop(Place::kDoing, 0, Place::kDone, 0);
        COMES_TO(bench.shown(Place::kDone), "x");
        bench.press(Qt::Key_U);
        COMES_TO(bench.shown(Place::kDoing), "x, b");
    }

    void whatIsSearchedIsShown() {
        BoardBench bench;
        QVERIFY(bench.startDaemon());
        bench.add("Buy milk", "todo", R"(,"labels":["home"])");
        bench.add("Write", "todo", R"(,"labels":["work"])");
        bench.add("Milk the cow", "backlog");
        QVERIFY(bench.openWindow());
        COMES_TO(bench.shown(Place::kTodo), "Buy milk, Write");
        bench.press(Qt::Key_Slash);
        bench.type(QStringLiteral("milk"));
        QCOMPARE(bench.shown(Place::kTodo), QStringLiteral("Buy milk"));
        QCOMPARE(bench.shown(Place::kBacklog), QStringLiteral("Milk the cow"));
        // What comes meanwhile is filtered too.
        bench.add("Bread", "backlog");
        bench.add("More milk");
        COMES_TO(bench.shown(Place::kTodo), "Buy milk, More milk");
        QCOMPARE(bench.shown(Place::kBacklog), QStringLiteral("Milk the cow"));
        bench.press(Qt::Key_Escape);
        COMES_TO(bench.shown(Place::kTodo), "Buy milk, Write, More milk");
        Q_EMIT bench.window().bar().labelToggled(QStringLiteral("work"));
        QCOMPARE(bench.shown(Place::kTodo), QStringLiteral("Write"));
        QCOMPARE(bench.board().labels().keys(),
                 (QStringList{QStringLiteral("home"), QStringLiteral("work")}));
        bench.press(Qt::Key_Escape);
        QCOMPARE(bench.shown(Place::kTodo), QStringLiteral("Buy milk, Write, More milk"));
    }

    void earlierWeeksAreShown() {
        BoardBench bench;
        QVERIFY(bench.startDaemon());
        const QDateTime before = QDateTime::currentDateTimeUtc().addDays(-14);
        bench.add("old", "done",
                  ",\"done\":\"" + before.toString(Qt::ISODate).toStdString() + "\"");
        bench.add("new", "done");
        bench.add("open");
        QVERIFY(bench.openWindow());
        COMES_TO(bench.shown(Place::kDone), "new");
        bench.press(Qt::Key_BracketLeft);
        COMES_TO(bench.shown(Place::kDone), "");
        bench.press(Qt::Key_Left, Qt::AltModifier);
        COMES_TO(bench.shown(Place::kDone), "old");
        QCOMPARE(bench.shown(Place::kTodo),
                 QStringLiteral("open"));  // what is open is always of now
        // What changes there is seen there.
        bench.update(bench.board().cards(Place::kDone).front()->task.id, R"("name":"older")");
        COMES_TO(bench.shown(Place::kDone), "older");
        bench.press(Qt::Key_Period);
        COMES_TO(bench.shown(Place::kDone), "new");
        bench.press(Qt::Key_W);
        COMES_TRUE(QApplication::activePopupWidget() != nullptr);
        auto* picker = qobject_cast<board::WeekPicker*>(QApplication::activePopupWidget());
        QVERIFY(picker != nullptr);
        picker->calendar().setSelectedDate(before.date());
        QTest::keyClick(picker->calendar().findChild<QAbstractItemView*>(), Qt::Key_Return);
        COMES_TO(bench.shown(Place::kDone), "older");
        QCOMPARE(bench.board().week(), 2);
        // Who goes back and forth faster than weeks are read asks for one that is known already.
        QSignalSpy read(&bench.window().session(), &board::Session::weekRead);
        bench.window().session().showWeek(2);
        COMES_TRUE(read.count() == 1);
    }

    void helpTellsEveryKey() {
        BoardBench bench;
        QVERIFY(bench.startDaemon());
        QVERIFY(bench.openWindow());
        bench.press(Qt::Key_Question);
        COMES_TRUE(bench.window().findChild<board::HelpDialog*>() != nullptr);
        QStringList said;
        for (const QLabel* label :
             bench.window().findChild<board::HelpDialog*>()->findChildren<QLabel*>())
            said << label->text();
        for (const board::ActSpec& act : board::allActs())
            QVERIFY2(said.contains(act.text), qPrintable(act.text));
    }

    void allThatIsWrittenCanBeRead_data() {
        QTest::addColumn<QColor>("window");
        QTest::addColumn<QColor>("base");
        QTest::addColumn<QColor>("text");
        QTest::addColumn<bool>("highContrast");
        QTest::newRow("light") << QColor(0xEFF0F1) << QColor(Qt::white) << QColor(0x232629)
                               << false;
        QTest::newRow("dark") << QColor(0x1E2125) << QColor(0x181A1D) << QColor(0xE8EAED) << false;
        QTest::newRow("pale") << QColor(0xF6F3EC) << QColor(0xFFFDF8) << QColor(0x5C5048) << false;
        QTest::newRow("white on black")
            << QColor(Qt::black) << QColor(Qt::black) << QColor(Qt::white) << true;
        QTest::newRow("black on white")
            << QColor(Qt::white) << QColor(Qt::white) << QColor(Qt::black) << true;
    }

    void allThatIsWrittenCanBeRead() {
        QFETCH(QColor, window);
        QFETCH(QColor, base);
        QFETCH(QColor, text);
        QFETCH(bool, highContrast);
        QPalette palette;
        palette.setColor(QPalette::Window, window);
        palette.setColor(QPalette::Base, base);
        palette.setColor(QPalette::Text, text);
        const board::Look look = board::Look::of(palette);
        QCOMPARE(look.highContrast, highContrast);
        QVERIFY(look.dark == (text.lightness() > base.lightness()));
        const double least = highContrast ? 7 : 4.5;  // WCAG's AAA, and its AA
        for (const QColor& ground : {look.card, look.cardHover, look.cardChosen}) {
            QVERIFY(board::contrast(look.text, ground) >= least);
            QVERIFY(board::contrast(look.quiet, ground) >= least);
            QVERIFY(board::contrast(look.alarm, ground) >= least);
        }
        QVERIFY(board::contrast(look.quiet, look.column) >= least);
        QVERIFY(board::contrast(look.noticeText, look.notice) >= least);
        for (int i = 0; i < 200; ++i) {
            const QString label = QStringLiteral("label %1").arg(i);
            QVERIFY(board::contrast(look.labelText(label), look.labelGround(label)) >= least);
        }
    }

    void anotherPaletteHoldsAtOnce() {
        BoardBench bench;
        QVERIFY(bench.startDaemon());
        bench.add("Pay", "todo", R"(,"note":"by bank")");
        QVERIFY(bench.openWindow());
        COMES_TO(bench.shown(Place::kTodo), "Pay");
        const auto paletteOf = [](const QColor& back, const QColor& text) {
            QPalette palette;
            for (const auto role : {QPalette::Window, QPalette::Base, QPalette::Button})
                palette.setColor(role, back);
            for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
                palette.setColor(role, text);
            return palette;
        };
        // How light the window is, of 255.
        const auto ground = [&] {
            const QImage seen = bench.window().grab().toImage().scaled(1, 1, Qt::IgnoreAspectRatio,
                                                                       Qt::SmoothTransformation);
            return qGray(seen.pixel(0, 0));
        };
        const QColor white(0xEFF0F1);
        const QColor black(0x1E2125);
        const QPalette before = QApplication::palette();
        for (const bool dark : {false, true, false, true}) {
            QApplication::setPalette(dark ? paletteOf(black, white) : paletteOf(white, black));
            COMES_TRUE(dark ? ground() < 60 : ground() > 200);
            for (const QWidget* widget : bench.window().findChildren<QWidget*>())
                if (widget->isVisible() && widget->inherits("QLabel"))
                    QVERIFY2(board::contrast(widget->palette().color(QPalette::WindowText),
                                             dark ? black : white) > 3,
                             qPrintable(static_cast<const QLabel*>(widget)->text()));
        }
        QApplication::setPalette(before);
    }

    void screenReadersHearACard() {
        BoardBench bench;
        QVERIFY(bench.startDaemon());
        bench.add("Pay", "todo", R"(,"labels":["home"],"due":"2020-01-01","note":"by bank")");
        QVERIFY(bench.openWindow());
        COMES_TO(bench.shown(Place::kTodo), "Pay");
        QAccessibleInterface* list =
            QAccessible::queryAccessibleInterface(&bench.board().column(Place::kTodo).list());
        QVERIFY(list != nullptr);
        QCOMPARE(list->text(QAccessible::Name), QStringLiteral("To do"));
        QCOMPARE(list->childCount(), 1);
        QAccessibleInterface* card = list->child(0);
        QCOMPARE(card->role(), QAccessible::ListItem);
        QCOMPARE(card->text(QAccessible::Name),
                 QStringLiteral("Pay, overdue, was due 1 Jan 2020, labels: home, has a note"));
        QCOMPARE(card->text(QAccessible::Description), QStringLiteral("by bank"));
        for (const QWidget* widget : bench.window().findChildren<QWidget*>())
            if (widget->focusPolicy() & Qt::TabFocus && widget->isVisible())
                QVERIFY2(!QAccessible::queryAccessibleInterface(const_cast<QWidget*>(widget))
                              ->text(QAccessible::Name)
                              .isEmpty(),
                         widget->metaObject()->className());
    }
};

QTEST_MAIN(BoardTest)
#include "board_test.moc"
