// SPDX-License-Identifier: MIT
#include "card_model.h"
#include "edit_state.h"
#include "filter.h"
#include "label_text.h"
#include "row_order.h"
#include "support/seeded.h"
#include "texts.h"
#include "undo_stack.h"

#include "model/json.h"

#include <QAbstractItemModelTester>
#include <QMimeData>
#include <QSignalSpy>
#include <QTest>

#include <algorithm>

using namespace hashira;
using namespace hashira::board;

namespace {

/// Thursday, 2026-11-26, 12:00 UTC.
frontend::Now noon() {
    frontend::Now now;
    now.day = std::chrono::sys_days(std::chrono::year(2026) / 11 / 26);
    now.utcMs = (now.day.time_since_epoch().count() * 24 + 12) * 3'600'000LL;
    return now;
}

frontend::Task task(const std::string& id, Place place = Place::kTodo) {
    frontend::Task task;
    task.id = id;
    task.name = "name of " + id;
    task.place = place;
    task.rank = id;
    return task;
}

CardPtr card(const std::string& id) {
    return makeCard(task(id));
}

QString shown(const CardModel& model) {
    QStringList ids;
    for (const CardPtr& one : model.cards()) ids << QString::fromStdString(one->task.id);
    return ids.join(QLatin1Char(' '));
}

std::vector<CardPtr> cards(const char* ids) {
    std::vector<CardPtr> all;
    for (const QByteArray& id : QByteArray(ids).split(' '))
        if (!id.isEmpty()) all.push_back(card(id.toStdString()));
    return all;
}

}  // namespace

class BoardRulesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void fewestRowsMove();
    void rowsFollow_data();
    void rowsFollow();
    void rowsFollowWhateverComes();
    void oneMoveIsOneMove();
    void persistentIndexesStay();
    void aDropTellsWhere();
    void whatIsSearchedIsFound_data();
    void whatIsSearchedIsFound();
    void namesCannotDisguiseThemselves();
    void doneIsLatestFirst();
    void dueAsPeopleSay_data();
    void dueAsPeopleSay();
    void timeInDoing_data();
    void timeInDoing();
    void everythingIsSpoken();
    void weeksAreCounted();
    void undoTakesOnlyOwn();
    void undoOfPlaceIsOneChoice();
    void aNewChangeForgetsRedo();
    void editSendsWhatWasTouched();
    void editFollowsWhatWasNotTouched();
    void editTellsTheirs();
    void editOfWhatIsGone();
    void editRefusesWhatIsNoDate();
    void labelsAreTyped_data();
    void labelsAreTyped();
    void anyLabelsComeBackFromTheirText();
    void theLastLabelIsWhereTheTyperIs();
};

void BoardRulesTest::fewestRowsMove() {
    QCOMPARE(stayingOf({}), std::vector<bool>{});
    QCOMPARE(stayingOf({3, 0, 1, 2}), (std::vector<bool>{false, true, true, true}));
    QCOMPARE(stayingOf({1, 2, 3, 0}), (std::vector<bool>{true, true, true, false}));
    const auto stays = stayingOf({5, 4, 3, 2, 1});
    QCOMPARE(std::count(stays.begin(), stays.end(), true), std::ptrdiff_t{1});
}

void BoardRulesTest::rowsFollow_data() {
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after");
    const std::pair<const char*, const char*> rows[] = {{"", "a b c"},
                                                        {"a b c", ""},
                                                        {"a b c", "a b c"},
                                                        {"a c", "a b c"},
                                                        {"a b c", "a c"},
                                                        {"a b c d", "d a b c"},
                                                        {"a b c d", "b c d a"},
                                                        {"a b c d", "d c b a"},
                                                        {"a b c d", "x c y a z"},
                                                        {"a b", "c d e"},
                                                        {"a b c d e f", "f x b e y"}};
    for (const auto& [before, after] : rows)
        QTest::addRow("%s to %s", before, after) << QByteArray(before) << QByteArray(after);
}

void BoardRulesTest::rowsFollow() {
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, after);
    CardModel model(Place::kTodo);
    const QAbstractItemModelTester tester(&model);
    QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    model.setCards(cards(before.constData()));
    QCOMPARE(shown(model), QString::fromLatin1(before));
    model.setCards(cards(after.constData()));
    QCOMPARE(shown(model), QString::fromLatin1(after));
    QCOMPARE(reset.count(), 0);
}

void BoardRulesTest::rowsFollowWhateverComes() {
    test::Seeded random;
    CardModel model(Place::kTodo);
    const QAbstractItemModelTester tester(&model);
    for (int round = 0; round < 200; ++round) {
        // Few ids: most of them stay, some come, go or move. Sometimes more than are moved by rows.
        std::vector<CardPtr> wanted;
        const int most = round % 10 == 0 ? 120 : 12;
        for (int id = 0; id < most; ++id)
            if (random.below(4) != 0) wanted.push_back(card(std::to_string(id)));
        for (int swaps = static_cast<int>(random.below(4)); swaps > 0 && !wanted.empty(); --swaps)
            std::swap(wanted[random.below(wanted.size())], wanted[random.below(wanted.size())]);
        if (round % 20 == 0) std::reverse(wanted.begin(), wanted.end());
        model.setCards(wanted);
        QCOMPARE(model.cards(), wanted);  // the very objects
    }
}

void BoardRulesTest::oneMoveIsOneMove() {
    CardModel model(Place::kTodo);
    const auto before = cards("a b c d e");
    model.setCards(before);
    QSignalSpy moved(&model, &QAbstractItemModel::rowsMoved);
    QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    model.setCards({before[4], before[0], before[1], before[2], before[3]});
    QCOMPARE(moved.count(), 1);
    QCOMPARE(inserted.count(), 0);
    QCOMPARE(changed.count(), 0);
    model.setCards({before[4], before[0], card("b"), before[2], before[3]});
    QCOMPARE(changed.count(), 1);
    QCOMPARE(changed.first().first().toModelIndex().row(), 2);
}

void BoardRulesTest::persistentIndexesStay() {
    CardModel model(Place::kTodo);
    model.setCards(cards("a b c d"));
    const QPersistentModelIndex index = model.index(2);
    model.setCards(cards("x c a y d"));
    QVERIFY(index.isValid());
    QCOMPARE(model.card(index.row())->task.id, std::string("c"));
}

void BoardRulesTest::aDropTellsWhere() {
    CardModel model(Place::kTodo);
    model.setCards(cards("a b c"));
    const std::unique_ptr<QMimeData> data(model.mimeData({model.index(1)}));
    QSignalSpy dropped(&model, &CardModel::dropped);
    QVERIFY(model.dropMimeData(data.get(), Qt::MoveAction, 0, 0, {}));
    QVERIFY(model.dropMimeData(data.get(), Qt::MoveAction, -1, 0, {}));
    QCOMPARE(dropped.count(), 2);
    QCOMPARE(dropped[0], (QVariantList{QStringList{QStringLiteral("b")}, 0}));
    QCOMPARE(dropped[1], (QVariantList{QStringList{QStringLiteral("b")}, 3}));
    QMimeData other;
    other.setText(QStringLiteral("b"));
    QVERIFY(!model.dropMimeData(&other, Qt::MoveAction, 0, 0, {}));
}

void BoardRulesTest::whatIsSearchedIsFound_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QStringList>("labels");
    QTest::addColumn<bool>("found");
    const QStringList none;
    QTest::newRow("nothing") << QString() << none << true;
    QTest::newRow("case") << QStringLiteral("MILK") << none << true;
    QTest::newRow("all words") << QStringLiteral("milk  buy") << none << true;
    QTest::newRow("a word missing") << QStringLiteral("milk bread") << none << false;
    QTest::newRow("note") << QStringLiteral("drawer") << none << true;
    QTest::newRow("label") << QStringLiteral("#ho") << none << true;
    QTest::newRow("no such label") << QStringLiteral("#milk") << none << false;
    QTest::newRow("whole label") << QString() << QStringList{QStringLiteral("Home")} << true;
    QTest::newRow("part of a label") << QString() << QStringList{QStringLiteral("Ho")} << false;
    QTest::newRow("umlaut") << QStringLiteral("KÄSE") << none << true;
}

void BoardRulesTest::whatIsSearchedIsFound() {
    QFETCH(QString, text);
    QFETCH(QStringList, labels);
    QFETCH(bool, found);
    frontend::Task one = task("a");
    one.name = "Buy milk and Käse";
    one.labels = {"Home"};
    one.note = "The list is in the drawer";
    QCOMPARE(filtered({makeCard(one)}, {text, labels}).size(), std::size_t(found ? 1 : 0));
}

void BoardRulesTest::namesCannotDisguiseThemselves() {
    frontend::Task one = task("a");
    one.name = "a\nb\x1b[2J\u202Ec";
    QCOMPARE(makeCard(one)->name, QStringLiteral("a b\uFFFD[2J\uFFFDc"));
}

void BoardRulesTest::doneIsLatestFirst() {
    frontend::Task early = task("a", Place::kDone);
    early.done = "2026-11-26T09:00:00Z";
    frontend::Task late = task("b", Place::kDone);
    late.done = "2026-11-26T10:30:00+01:00";
    QVERIFY(standsBefore(*makeCard(late), *makeCard(early)));
    early.place = late.place = Place::kTodo;
    QVERIFY(standsBefore(*makeCard(early), *makeCard(late)));
}

void BoardRulesTest::dueAsPeopleSay_data() {
    QTest::addColumn<QByteArray>("due");
    QTest::addColumn<QString>("said");
    QTest::addColumn<bool>("overdue");
    QTest::newRow("today") << QByteArray("2026-11-26") << QStringLiteral("today") << false;
    QTest::newRow("yesterday") << QByteArray("2026-11-25") << QStringLiteral("yesterday") << true;
    QTest::newRow("in days") << QByteArray("2026-11-28") << QStringLiteral("Sat") << false;
    QTest::newRow("in weeks") << QByteArray("2026-12-16") << QStringLiteral("16 Dec") << false;
    QTest::newRow("next year") << QByteArray("2027-01-02") << QStringLiteral("2 Jan 2027") << false;
    QTest::newRow("moment") << QByteArray("2026-11-26T11:59:00Z")
                            << QStringLiteral("today ") +
                                   QLocale().toString(QTime(11, 59), QLocale::ShortFormat)
                            << true;
}

void BoardRulesTest::dueAsPeopleSay() {
    QFETCH(QByteArray, due);
    frontend::Task one = task("a");
    one.due = due.toStdString();
    QFETCH(QString, said);
    QCOMPARE(dueText(*one.due, noon()), said);
    QFETCH(bool, overdue);
    QCOMPARE(isOverdue(*makeCard(one), noon()), overdue);
    one.place = Place::kDone;
    QVERIFY(!isOverdue(*makeCard(one), noon()));
}

void BoardRulesTest::timeInDoing_data() {
    QTest::addColumn<QByteArray>("started");
    QTest::addColumn<QString>("said");
    QTest::newRow("now") << QByteArray("2026-11-26T12:00:00Z") << QStringLiteral("0 min");
    QTest::newRow("to come") << QByteArray("2026-11-26T12:30:00Z") << QStringLiteral("0 min");
    QTest::newRow("minutes") << QByteArray("2026-11-26T11:35:00Z") << QStringLiteral("25 min");
    QTest::newRow("hours") << QByteArray("2026-11-26T09:50:00Z") << QStringLiteral("2 h 10 min");
    QTest::newRow("whole hours") << QByteArray("2026-11-26T10:00:00Z") << QStringLiteral("2 h");
    QTest::newRow("days") << QByteArray("2026-11-23T10:00:00Z") << QStringLiteral("3 day(s)");
}

void BoardRulesTest::timeInDoing() {
    QFETCH(QByteArray, started);
    QFETCH(QString, said);
    frontend::Task one = task("a", Place::kDoing);
    one.started = started.toStdString();
    QCOMPARE(doingText(*makeCard(one), noon()), said);
    one.place = Place::kTodo;
    QCOMPARE(doingText(*makeCard(one), noon()), QString());
}

void BoardRulesTest::everythingIsSpoken() {
    frontend::Task one = task("a", Place::kDoing);
    one.name = "Pay the rent";
    one.due = "2026-11-25";
    one.started = "2026-11-26T11:35:00Z";
    one.labels = {"home", "money"};
    one.note = "n";
    one.pending = true;
    QCOMPARE(
        spokenText(*makeCard(one), noon(), true),
        QStringLiteral("Pay the rent, overdue, was due yesterday, being done for 25 min, labels: "
                       "home, money, has a note, not synced yet"));
    QVERIFY(!spokenText(*makeCard(one), noon(), false).contains(QStringLiteral("synced")));
}

void BoardRulesTest::weeksAreCounted() {
    QCOMPARE(mondayOf(0, noon()), QDate(2026, 11, 23));
    QCOMPARE(mondayOf(3, noon()), QDate(2026, 11, 2));
    QCOMPARE(weeksBackOf(QDate(2026, 11, 29), noon()), 0);
    QCOMPARE(weeksBackOf(QDate(2026, 11, 22), noon()), 1);
    QVERIFY(weeksBackOf(QDate(2026, 11, 30), noon()) < 0);
    QCOMPARE(weekSpanText(QDate(2026, 11, 23)), QStringLiteral("23 – 29 November 2026"));
    QCOMPARE(weekSpanText(QDate(2026, 11, 30)), QStringLiteral("30 November – 6 December 2026"));
}

void BoardRulesTest::undoTakesOnlyOwn() {
    frontend::Task now = task("a");
    const FindTask find = [&](const std::string&) { return &now; };
    const std::vector<frontend::Step> back = {
        {What::kUpdate, "a", {{"name", json::quoted("old")}, {"note", "null"}}}};
    now.name = "new";
    now.note = "written";
    const Undoable entry{QStringLiteral("Edit"), back, fieldsLeft(back, find)};
    QCOMPARE(stillOwn(entry, find).size(), std::size_t{1});
    QCOMPARE(stillOwn(entry, find).front().fields, back.front().fields);
    now.note = "by somebody else";
    QCOMPARE(stillOwn(entry, find).front().fields,
             (frontend::FieldMap{{"name", json::quoted("old")}}));
    now.name = "by somebody else";
    QCOMPARE(stillOwn(entry, find).size(), std::size_t{0});
}

void BoardRulesTest::undoOfPlaceIsOneChoice() {
    frontend::Task now = task("a", Place::kDone);
    now.done = "2026-11-26T11:00:00Z";
    const FindTask find = [&](const std::string&) { return &now; };
    const std::vector<frontend::Step> back = {
        {What::kUpdate,
         "a",
         {{"place", "\"todo\""}, {"rank", "\"r\""}, {"started", "null"}, {"done", "null"}}}};
    const Undoable entry{QStringLiteral("Move"), back, fieldsLeft(back, find)};
    now.rank = "s";  // a new rank does not make it another choice
    QCOMPARE(stillOwn(entry, find).front().fields.size(), std::size_t{4});
    now.place = Place::kDoing;
    QCOMPARE(stillOwn(entry, find).size(), std::size_t{0});
}

void BoardRulesTest::aNewChangeForgetsRedo() {
    UndoStack stack;
    QVERIFY(!stack.takeUndo());
    stack.did({QStringLiteral("one"), {}, {}});
    stack.did({QStringLiteral("two"), {}, {}});
    QCOMPARE(stack.takeUndo()->words, QStringLiteral("two"));
    stack.undid({QStringLiteral("two"), {}, {}});
    QVERIFY(stack.canRedo());
    stack.did({QStringLiteral("three"), {}, {}});
    QVERIFY(!stack.canRedo());
    for (std::size_t i = 0; i < 2 * UndoStack::kEntries; ++i)
        stack.did({QString::number(i), {}, {}});
    std::size_t count = 0;
    while (stack.takeUndo()) ++count;
    QCOMPARE(count, UndoStack::kEntries);
}

void BoardRulesTest::editSendsWhatWasTouched() {
    frontend::Task one = task("a");
    one.labels = {"home", "work"};
    one.due = "2026-12-01";
    EditState state(one);
    QCOMPARE(state.text(EditState::kLabels), QStringLiteral("home, work"));
    QVERIFY(state.fields(noon())->empty());
    state.type(EditState::kDue, QStringLiteral("tomorrow"));
    QCOMPARE(*state.fields(noon()), (frontend::FieldMap{{"due", "\"2026-11-27\""}}));
    state.type(EditState::kDue, QString());
    state.type(EditState::kLabels, QStringLiteral(" work ,, work, new  one"));
    QCOMPARE(*state.fields(noon()),
             (frontend::FieldMap{{"due", "null"}, {"labels", R"(["work","new one"])"}}));
    state.type(EditState::kDue, QStringLiteral("2026-12-01"));  // as it was
    QVERIFY(!state.fields(noon())->contains("due"));
}

void BoardRulesTest::editFollowsWhatWasNotTouched() {
    frontend::Task one = task("a");
    EditState state(one);
    state.type(EditState::kName, QStringLiteral("mine"));
    one.note = "theirs";
    QCOMPARE(state.follow(one), std::vector<EditState::Field>{EditState::kNote});
    QCOMPARE(state.text(EditState::kNote), QStringLiteral("theirs"));
    QVERIFY(!state.theirs(EditState::kNote));
    QCOMPARE(*state.fields(noon()), (frontend::FieldMap{{"name", "\"mine\""}}));
}

void BoardRulesTest::editTellsTheirs() {
    frontend::Task one = task("a");
    EditState state(one);
    state.type(EditState::kName, QStringLiteral("mine"));
    one.name = "theirs";
    QCOMPARE(state.follow(one), std::vector<EditState::Field>{EditState::kName});
    QCOMPARE(state.theirs(EditState::kName), QStringLiteral("theirs"));
    QCOMPARE(*state.fields(noon()), (frontend::FieldMap{{"name", "\"mine\""}}));
    state.takeTheirs(EditState::kName);
    QCOMPARE(state.text(EditState::kName), QStringLiteral("theirs"));
    QVERIFY(state.fields(noon())->empty());
}

void BoardRulesTest::editOfWhatIsGone() {
    EditState state(task("a"));
    state.type(EditState::kName, QStringLiteral("mine"));
    state.lost();
    QCOMPARE(*state.fields(noon()),
             (frontend::FieldMap{{"name", "\"mine\""}, {"deleted", "false"}}));
    state.follow(task("a"));
    QVERIFY(!state.isLost());
}

void BoardRulesTest::editRefusesWhatIsNoDate() {
    EditState state(task("a"));
    state.type(EditState::kDue, QStringLiteral("soonish"));
    QVERIFY(!state.fields(noon()));
    state.type(EditState::kDue, QString());
    state.type(EditState::kName, QStringLiteral("  "));
    QVERIFY(!state.fields(noon()));
}

void BoardRulesTest::labelsAreTyped_data() {
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QString>("labels");  // between bars
    const auto row = [](const char* name, const char* typed, const char* labels) {
        QTest::newRow(name) << test::q(typed) << test::q(labels);
    };
    row("two", "home, work", "home|work");
    row("a comma in quotes", R"("home, garden",work)", "home, garden|work");
    row("spaces count in quotes", R"( "  a  b " )", "  a  b ");
    row("a quote in quotes", R"("12"" records", x)", R"(12" records|x)");
    row("a quote within", R"(12" records, x)", R"(12" records|x)");
    row("not closed yet", R"(x, "home, gar)", "x|home, gar");
    row("goes on behind", R"("a"b, c)", "ab|c");
    row("nothing in them", R"("", ,x)", "x");
}

void BoardRulesTest::labelsAreTyped() {
    QFETCH(QString, typed);
    QStringList labels;
    for (const std::string& label : labelsOf(typed)) labels << test::q(label);
    QTEST(labels.join(QLatin1Char('|')), "labels");
}

void BoardRulesTest::anyLabelsComeBackFromTheirText() {
    test::Seeded random;
    constexpr std::string_view kLetters = "ab ,\"";
    for (int round = 0; round < 2'000; ++round) {
        std::vector<std::string> labels;
        while (labels.size() < 1 + random.below(4)) {
            std::string label;
            while (label.size() < 1 + random.below(6)) label += kLetters[random.below(5)];
            if (std::find(labels.begin(), labels.end(), label) == labels.end())
                labels.push_back(label);
        }
        const QString text = labelsText(labels);
        QVERIFY2(labelsOf(text) == labels, qPrintable(text + test::q(random.note())));
    }
    QCOMPARE(labelsText({"home", "12\" records", "a, b"}),
             QStringLiteral(R"(home, 12" records, "a, b")"));
}

void BoardRulesTest::theLastLabelIsWhereTheTyperIs() {
    QCOMPARE(lastLabelIn(QStringLiteral("ho")), 0);
    QCOMPARE(lastLabelIn(QStringLiteral("home, wo")), 5);
    QCOMPARE(lastLabelIn(QStringLiteral(R"(home, "a, b)")), 5);
    QCOMPARE(lastLabelIn(QStringLiteral(R"("a, b", x)")), 7);
}

QTEST_GUILESS_MAIN(BoardRulesTest)
#include "board_rules_test.moc"
