// SPDX-License-Identifier: MIT
#include "column.h"

#include "texts.h"

#include "base/limits.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPainter>
#include <QVBoxLayout>

namespace hashira::board {
namespace {

constexpr int kPadding = 12;
constexpr qreal kRadius = 10;
constexpr int kWidthLeast = 200;

}  // namespace

Column::Column(Place place, const CardView& view, QWidget* parent)
    : QWidget(parent), m_view(view), m_model(place), m_list(m_model, view) {
    setMinimumWidth(kWidthLeast);
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    m_title.setFont(bold);
    m_title.setBuddy(&m_list);
    m_add.setText(QStringLiteral("+"));
    m_add.setAutoRaise(true);
    m_add.setFocusPolicy(Qt::NoFocus);
    m_add.setToolTip(tr("Add a task (n)"));
    m_add.setAccessibleName(tr("Add a task to %1").arg(placeText(place)));
    m_add.setVisible(place != Place::kDone);
    m_line.setPlaceholderText(tr("What is to be done?"));
    m_line.setAccessibleName(tr("Name of the new task in %1").arg(placeText(place)));
    m_line.setMaxLength(static_cast<int>(limits::kNameCharacters));
    m_line.installEventFilter(this);
    m_line.hide();
    m_empty.setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    m_empty.setWordWrap(true);
    m_empty.setContentsMargins(kPadding, 4 * kPadding, kPadding, 0);
    m_empty.setAttribute(Qt::WA_TransparentForMouseEvents);
    setTitle(placeText(place));

    auto* head = new QHBoxLayout;
    head->setContentsMargins(kPadding + 6, kPadding - 2, kPadding - 4, 4);
    head->addWidget(&m_title);
    head->addSpacing(6);
    head->addWidget(&m_count);
    head->addStretch();
    head->addWidget(&m_add);
    // As high where nothing can be added.
    QSizePolicy kept = m_add.sizePolicy();
    kept.setRetainSizeWhenHidden(true);
    m_add.setSizePolicy(kept);
    auto* adding = new QHBoxLayout;
    adding->setContentsMargins(8, 0, 8, 4);
    adding->addWidget(&m_line);
    auto* body = new QVBoxLayout(&m_list);
    body->setContentsMargins(0, 0, 0, 0);
    body->addWidget(&m_empty);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 4);
    layout->setSpacing(0);
    layout->addLayout(head);
    layout->addLayout(adding);
    layout->addWidget(&m_list, 1);
    connect(&m_add, &QToolButton::clicked, this, &Column::startAdding);
    look();
}

void Column::setTitle(const QString& title) {
    m_title.setText(title);
    m_list.setAccessibleName(title);
}

void Column::setCards(const std::vector<CardPtr>& cards, std::size_t all, const QString& empty) {
    m_list.setCards(cards);
    const QLocale locale;
    const QString shown = locale.toString(static_cast<qulonglong>(cards.size()));
    m_count.setText(cards.size() == all
                        ? shown
                        //: How many cards are shown, of all that there are
                        : tr("%1 of %2").arg(shown, locale.toString(static_cast<qulonglong>(all))));
    m_empty.setText(empty);
    m_empty.setVisible(cards.empty());
    look();
}

void Column::look() {
    QPalette quiet = palette();
    quiet.setColor(QPalette::WindowText, m_view.look.quiet);
    m_count.setPalette(quiet);
    m_empty.setPalette(quiet);
}

void Column::startAdding() {
    m_line.show();
    m_line.setFocus();
}

void Column::stopAdding() {
    if (m_line.isHidden()) return;
    m_line.hide();
    Q_EMIT addingEnded();
}

bool Column::eventFilter(QObject* watched, QEvent* event) {
    if (watched != &m_line) return QWidget::eventFilter(watched, event);
    if (event->type() == QEvent::FocusOut && m_line.text().trimmed().isEmpty()) m_line.hide();
    if (event->type() != QEvent::KeyPress) return false;
    switch (static_cast<QKeyEvent*>(event)->key()) {
        case Qt::Key_Escape: stopAdding(); return true;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (const QString name = m_line.text().trimmed(); !name.isEmpty()) {
                m_line.clear();  // and stays for the next one
                Q_EMIT added(name);
            } else {
                stopAdding();
            }
            return true;
        default: return false;
    }
}

void Column::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(m_view.look.column);
    painter.setPen(m_view.look.highContrast ? QPen(m_view.look.text, 1) : QPen(Qt::NoPen));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), kRadius, kRadius);
}

}  // namespace hashira::board
