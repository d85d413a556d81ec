// SPDX-License-Identifier: MIT
#include "support/board_bench.h"

#include "frontend/changes.h"
#include "frontend/grpc_client.h"
#include "frontend/week_store.h"

#include <QApplication>
#include <QMimeData>
#include <QTest>

namespace hashira::test {

constexpr int kLimitMs = kBoardLimitMs;

BoardBench::BoardBench() : m_dir(QStringLiteral("/tmp/hsrXXXXXX")) {
    m_daemon.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_endpoint = QStringLiteral("unix:") + m_dir.filePath(QStringLiteral("d.sock"));
    m_other = frontend::makeGrpcClient(called());
}

BoardBench::~BoardBench() {
    m_window.reset();
    stopDaemon();
}

bool BoardBench::startDaemon(const QStringList& more) {
    m_daemon.start(QCoreApplication::applicationDirPath() + QStringLiteral("/../hashirad"),
                   QStringList{QStringLiteral("--headless"), QStringLiteral("--data-dir"),
                               m_dir.filePath(QStringLiteral("data")), QStringLiteral("--listen"),
                               endpoint()} +
                       more);
    if (!m_daemon.waitForReadyRead(kLimitMs)) return false;
    const QString said = QString::fromUtf8(m_daemon.readLine()).trimmed();
    m_endpoint = said.section(QLatin1Char(' '), -1);
    return said.contains(QStringLiteral("listening"));
}

bool BoardBench::startOnTcp() {
    m_endpoint = QStringLiteral("tcp:127.0.0.1:0");
    if (!startDaemon()) return false;
    m_other = frontend::makeGrpcClient(called());
    return true;
}

frontend::Endpoint BoardBench::called() const {
    return {m_endpoint.toStdString(),
            m_dir.filePath(QStringLiteral("data/local-token")).toStdString()};
}

bool BoardBench::stopDaemon() {
    if (m_daemon.state() == QProcess::NotRunning) return true;
    m_daemon.terminate();
    return m_daemon.waitForFinished(kLimitMs) && m_daemon.exitCode() == 0;
}

bool BoardBench::openWindow(int limitMs) {
    m_window = std::make_unique<board::Window>(
        [this] { return frontend::makeGrpcClient(called()); }, m_clock,
        [this] {
            ++m_startsAsked;
            return QString();
        });
    m_window->show();
    m_window->start();
    return QTest::qWaitForWindowActive(m_window.get(), kLimitMs) &&
           QTest::qWaitFor([this] { return board().hasRead() && m_window->session().connected(); },
                           limitMs);
}

bool BoardBench::activate() {
    m_window->activateWindow();
    return QTest::qWaitForWindowActive(m_window.get(), kLimitMs);
}

std::string BoardBench::add(const std::string& name, const std::string& place,
                            const std::string& more) {
    const auto reply = m_other->send(
        {{{}, What::kNew, R"({"name":")" + name + R"(","place":")" + place + "\"" + more + "}"}});
    if (!reply) qWarning("%s", reply.error().message.c_str());
    return reply ? reply->receipts.front().taskId : std::string();
}

bool BoardBench::update(const std::string& id, const std::string& fields) {
    return m_other->send({{{}, What::kUpdate, R"({"id":")" + id + "\"," + fields + "}"}}).ok();
}

bool BoardBench::remove(const std::string& id) {
    return m_other->send({{{}, What::kDelete, R"({"id":")" + id + "\"}"}}).ok();
}

frontend::Task BoardBench::task(const std::string& id) {
    frontend::WeekStore store;
    frontend::RetrieveQuery query;
    query.to = 9;
    if (!frontend::readWeeks(*m_other, query, store)) return {};
    const frontend::Task* task = store.find(id);
    return task == nullptr ? frontend::Task() : *task;
}

QString BoardBench::shown(Place place) {
    QStringList names;
    for (const board::CardPtr& card : board().column(place).model().cards()) names << card->name;
    return names.join(QStringLiteral(", "));
}

void BoardBench::press(Qt::Key key, Qt::KeyboardModifiers modifiers) {
    QWidget* focus = QApplication::focusWidget();
    QTest::keyClick(focus != nullptr ? focus : m_window.get(), key, modifiers);
}

void BoardBench::type(const QString& text) {
    QTest::keyClicks(QApplication::focusWidget(), text);
}

void BoardBench::click(Place place, int row, Qt::KeyboardModifiers modifiers) {
    board::CardList& list = board().column(place).list();
    const QRect card = list.visualRect(list.model()->index(row, 0));
    QTest::mouseClick(list.viewport(), Qt::LeftButton, modifiers, card.topLeft() + QPoint(30, 15));
}

QString BoardBench::chosen() {
    QStringList names;
    for (const board::CardPtr& card : board().chosen()) names << card->name;
    return names.join(QStringLiteral(", "));
}

void BoardBench::dropRows(Place from, const QModelIndexList& rows, Place to, int before) {
    const std::unique_ptr<QMimeData> data(board().column(from).model().mimeData(rows));
    board().column(to).model().dropMimeData(data.get(), Qt::MoveAction, before, 0, {});
}

void BoardBench::dropChosen(Place to, int before) {
    const Place from = board().currentPlace();
    dropRows(from, board().column(from).list().chosenRows(), to, before);
}

void BoardBench::drop(Place from, int row, Place to, int before) {
    dropRows(from, {board().column(from).model().index(row)}, to, before);
}

}  // namespace hashira::test
