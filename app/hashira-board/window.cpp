// SPDX-License-Identifier: MIT
#include "window.h"

#include "style.h"
#include "texts.h"

#include "problems.h"
#include "words.h"

#include <QAccessible>
#include <QDateTime>
#include <QEvent>
#include <QHBoxLayout>
#include <QVBoxLayout>

#include <utility>

namespace hashira::board {
namespace {

constexpr int kWidth = 1120;
constexpr int kHeight = 720;
/// What a person has read by then; it goes so that the line stays quiet.
constexpr int kSaidMs = 8'000;

const QString kAway = QStringLiteral("away");
const QString kFailed = QStringLiteral("failed");
const QString kRefusedHere = QStringLiteral("refused-here");

}  // namespace

Window::Window(MakeClient makeClient, const Clock& clock, StartDaemon startDaemon)
    : m_clock(clock),
      m_startDaemon(std::move(startDaemon)),
      m_session(std::move(makeClient)),
      m_board(clock),
      m_queue(
          m_session,
          [this](const std::string& id) {
              const CardPtr card = m_board.find(id);
              return card ? &card->task : nullptr;
          },
          clock),
      m_actions(m_board, m_queue, clock) {
    setWindowTitle(tr("Hashira"));
    lay();
    makeActions();
    wire();
    wireSession();
    m_bar.setWeek(0, frontend::Now::of(m_clock));
    m_bar.setLabels({}, {});
    showStatus();
    resize(kWidth, kHeight);
    m_board.focusCards();
}

void Window::lay() {
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(18, 0, 18, 10);
    foot->addWidget(&m_state);
    foot->addStretch(1);
    foot->addWidget(&m_said);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(&m_bar);
    layout->addWidget(&m_notice);
    layout->addWidget(&m_board, 1);
    layout->addLayout(foot);
    m_state.setTextFormat(Qt::PlainText);
    m_said.setTextFormat(Qt::PlainText);
    takeLook();
    m_bar.setMenu(&m_menu);
}

void Window::wire() {
    connect(&m_board, &Board::opened, this, &Window::openEditor);
    connect(&m_board, &Board::labelClicked, this, &Window::toggleLabel);
    connect(&m_board, &Board::added, this,
            [this](Place place, const QString& name) { m_actions.add(place, name); });
    connect(&m_board, &Board::dropped, this, [this](const QStringList& ids, Place place, int row) {
        m_actions.drop(ids, place, row);
    });
    connect(&m_board, &Board::chosenChanged, this, [this](int count) {
        if (count > 1) say(tr("%n card(s) chosen", nullptr, count));
    });
    connect(&m_bar, &TopBar::weekStepped, this,
            [this](int weeks) { chooseWeek(m_board.week() + weeks); });
    connect(&m_bar, &TopBar::weekPickAsked, this, &Window::pickWeek);
    connect(&m_bar, &TopBar::labelToggled, this, &Window::toggleLabel);
    connect(&m_bar, &TopBar::labelsAsked, this,
            [this] { m_bar.setLabels(m_board.labels(), m_board.filter().labels); });
    connect(&m_bar, &TopBar::searched, this, [this](const QString& text) {
        Filter filter = m_board.filter();
        filter.text = text;
        m_board.setFilter(std::move(filter));
    });
    connect(&m_bar.search(), &QLineEdit::returnPressed, this, [this] { m_board.focusCards(); });
    connect(&m_queue, &ChangeQueue::said, this, &Window::say);
    connect(&m_queue, &ChangeQueue::refused, this,
            [this](const QString& words, const QString& why) {
                m_notice.tell(kRefusedHere, tr("“%1” could not be done.").arg(words), why, {}, {});
            });
    connect(&m_queue, &ChangeQueue::changed, this, [this] {
        m_acts[Act::kUndo]->setEnabled(m_queue.canUndo());
        m_acts[Act::kRedo]->setEnabled(m_queue.canRedo());
    });
}

void Window::wireSession() {
    connect(&m_session, &Session::weekRead, &m_board, &Board::setWeek);
    connect(&m_session, &Session::shownChanged, this, [this] {
        if (m_editor) m_editor->follow(m_board.find(m_editor->taskId()));
    });
    connect(&m_session, &Session::statusChanged, this, [this] {
        m_board.setMarkPending(m_session.status().connectivity != front::Connectivity::kLocalOnly);
        showStatus();
        showProblem();
    });
    connect(&m_session, &Session::connectedChanged, this, [this] {
        if (m_session.connected()) {
            m_everConnected = true;
            if (m_notice.key() == kAway || m_notice.key() == kFailed) m_notice.clear();
        }
        showStatus();
    });
    connect(&m_session, &Session::away, this, &Window::startDaemonOnce);
    connect(&m_session, &Session::failed, this, [this](const QString& words) {
        m_notice.tell(kFailed, tr("Something is wrong."), words, {}, {});
    });
    connect(&m_session, &Session::dateTurned, this, [this] {
        m_board.refreshTime();
        m_bar.setWeek(m_board.week(), frontend::Now::of(m_clock));
    });
}

void Window::startDaemonOnce() {
    if (m_everConnected) {
        // It ended, by itself or as somebody wished: it is not for us to start it again unasked.
        m_notice.tell(kAway, tr("The daemon is not running."),
                      tr("Changes wait until it is there again."), tr("Start it"), [this] {
                          if (const QString wrong = m_startDaemon(); !wrong.isEmpty())
                              m_notice.tell(kAway, tr("It could not be started."), wrong, {}, {});
                      });
        return;
    }
    if (m_started) return;
    m_started = true;
    const QString wrong = m_startDaemon();
    if (!wrong.isEmpty())
        m_notice.tell(kAway, tr("There is no daemon to talk to."), wrong, {}, {});
    else
        m_state.setText(tr("Starting Hashira…"));
}

void Window::showStatus() {
    if (m_session.connected())
        m_state.setText(hashirad::tray::toolTip(m_session.status(), QDateTime::currentDateTime()));
    else
        m_state.setText(m_everConnected ? tr("Waiting for the daemon") : tr("Connecting…"));
    m_state.setAccessibleName(m_state.text());
}

void Window::showProblem() {
    using hashirad::tray::Remedy;
    const auto problems = hashirad::tray::problemsOf(m_session.status());
    if (problems.empty()) {
        if (m_notice.key() != kAway && m_notice.key() != kRefusedHere) m_notice.clear();
        return;
    }
    const auto& problem = problems.front();
    if (problem.remedy == Remedy::kRejected)
        m_notice.tell(problem.key, problem.title, problem.text, tr("Show"),
                      [this] { openRejected(); });
    else if (problem.remedy == Remedy::kSync)
        m_notice.tell(problem.key, problem.title, problem.text, tr("Try again now"),
                      [this] { run(Act::kSync); });
    else
        m_notice.tell(problem.key, problem.title, problem.text, {}, {});
}

void Window::say(const QString& words) {
    m_said.setText(words);
    m_said.setAccessibleName(words);
    QAccessibleEvent event(&m_said, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
    QTimer::singleShot(kSaidMs, this, [this, words] {
        if (m_said.text() == words) m_said.clear();
    });
}

void Window::chooseWeek(int weeksBack) {
    const int week = std::max(0, weeksBack);
    if (week == m_board.week()) return;
    m_board.chooseWeek(week);
    m_session.showWeek(week);
    m_bar.setWeek(week, frontend::Now::of(m_clock));
}

void Window::toggleLabel(const QString& label) {
    Filter filter = m_board.filter();
    if (!filter.labels.removeOne(label)) filter.labels << label;
    m_board.setFilter(filter);
    m_bar.setLabels(m_board.labels(), filter.labels);
}

void Window::takeLook() {
    if (std::exchange(m_takingLook, true)) return;
    // What is inside a style sheet does not follow the desktop's palette, so it goes for a moment.
    // Palettes of one's own are as they were once it is back, and are made after it.
    setStyleSheet(QString());
    QPalette quiet;
    const Look look = Look::of(quiet);
    setStyleSheet(styleOf(look));
    quiet.setColor(QPalette::WindowText, look.quiet);
    m_state.setPalette(quiet);
    m_said.setPalette(quiet);
    m_bar.takeLook();
    m_notice.takeLook();
    m_board.takeLook();
    m_takingLook = false;
}

void Window::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) takeLook();
}

}  // namespace hashira::board
