// SPDX-License-Identifier: MIT
#include "top_bar.h"

#include "look.h"
#include "texts.h"

#include <QHBoxLayout>

namespace hashira::board {
namespace {

constexpr int kSearchWidth = 260;

void plain(QToolButton& button, const QString& text, const QString& said) {
    button.setText(text);
    button.setToolTip(said);
    button.setAccessibleName(said);
    button.setAutoRaise(true);
}

}  // namespace

TopBar::TopBar(QWidget* parent) : QWidget(parent) {
    plain(m_back, QStringLiteral("‹"), tr("A week back"));
    plain(m_forward, QStringLiteral("›"), tr("A week forward"));
    plain(m_week, QString(), tr("Choose a week"));
    plain(m_labels, QString(), tr("Show only some labels"));
    plain(m_menu, QStringLiteral("☰"), tr("Menu"));
    QFont title = font();
    title.setPointSizeF(title.pointSizeF() * 1.15);
    title.setWeight(QFont::DemiBold);
    m_week.setFont(title);
    m_labels.setPopupMode(QToolButton::InstantPopup);
    m_labels.setMenu(&m_labelMenu);
    m_labels.setToolButtonStyle(Qt::ToolButtonTextOnly);
    m_menu.setPopupMode(QToolButton::InstantPopup);
    m_search.setPlaceholderText(tr("Search"));
    m_search.setAccessibleName(tr("Search the cards"));
    m_search.setClearButtonEnabled(true);
    m_search.setMaximumWidth(kSearchWidth);

    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 10, 12, 10);
    layout->setSpacing(4);
    for (QWidget* widget : std::initializer_list<QWidget*>{&m_back, &m_week, &m_forward})
        layout->addWidget(widget);
    layout->addSpacing(6);
    layout->addWidget(&m_span);
    layout->addStretch(1);
    layout->addWidget(&m_search, 2);
    layout->addSpacing(4);
    layout->addWidget(&m_labels);
    layout->addWidget(&m_menu);

    connect(&m_back, &QToolButton::clicked, this, [this] { Q_EMIT weekStepped(1); });
    connect(&m_forward, &QToolButton::clicked, this, [this] { Q_EMIT weekStepped(-1); });
    connect(&m_week, &QToolButton::clicked, this, &TopBar::weekPickAsked);
    connect(&m_search, &QLineEdit::textChanged, this, &TopBar::searched);
    connect(&m_labelMenu, &QMenu::aboutToShow, this, &TopBar::labelsAsked);
}

void TopBar::setWeek(int weeksBack, const frontend::Now& now) {
    m_week.setText(weekName(weeksBack));
    m_span.setText(weekSpanText(mondayOf(weeksBack, now)));
    m_week.setAccessibleName(tr("Week: %1, %2. Choose another").arg(m_week.text(), m_span.text()));
    m_forward.setEnabled(weeksBack > 0);
    takeLook();
}

void TopBar::takeLook() {
    QPalette quiet = palette();
    quiet.setColor(QPalette::WindowText, Look::of(palette()).quiet);
    m_span.setPalette(quiet);
}

void TopBar::setLabels(const QMap<QString, int>& labels, const QStringList& chosen) {
    const QString shown =
        chosen.isEmpty() ? tr("Labels") : QStringLiteral("#") + chosen.join(QStringLiteral(" #"));
    m_labels.setText(shown + QStringLiteral(" ▾"));
    m_labelMenu.clear();
    if (labels.isEmpty() && chosen.isEmpty())
        m_labelMenu.addAction(tr("No card has a label"))->setEnabled(false);
    QMap<QString, int> all = labels;
    for (const QString& label : chosen) all.insert(label, labels.value(label, 0));
    for (auto at = all.cbegin(); at != all.cend(); ++at) {
        QString text = at.key();
        text.replace(QLatin1Char('&'), QStringLiteral("&&"));
        QAction* action =
            m_labelMenu.addAction(QStringLiteral("%1  (%2)").arg(text).arg(at.value()));
        action->setCheckable(true);
        action->setChecked(chosen.contains(at.key()));
        connect(action, &QAction::triggered, this,
                [this, label = at.key()] { Q_EMIT labelToggled(label); });
    }
}

void TopBar::openLabels() {
    m_labels.showMenu();
}

}  // namespace hashira::board
