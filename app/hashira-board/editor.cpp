// SPDX-License-Identifier: MIT
#include "editor.h"

#include "label_text.h"
#include "texts.h"

#include "base/limits.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QMessageBox>
#include <QShortcut>
#include <QVBoxLayout>

namespace hashira::board {
namespace {

constexpr int kWidth = 540;
constexpr int kMargin = 18;
constexpr int kNoteLines = 8;
/// Theirs is told in one line.
constexpr qsizetype kTheirsMost = 80;

QString factsOf(const Card& card, const frontend::Now& now) {
    QStringList facts{placeText(card.task.place)};
    if (card.task.created) facts << Texts::tr("made %1").arg(dueText(*card.task.created, now));
    if (const QString doing = doingText(card, now); !doing.isEmpty())
        facts << Texts::tr("being done for %1").arg(doing);
    if (card.task.done) facts << Texts::tr("done %1").arg(dueText(*card.task.done, now));
    return facts.join(QStringLiteral(" · "));
}

/// Completes the last label.
class LabelCompleter : public QCompleter {
public:
    using QCompleter::QCompleter;
    QStringList splitPath(const QString& path) const override {
        return {path.mid(lastLabelIn(path)).trimmed()};
    }
    QString pathFromIndex(const QModelIndex& index) const override {
        const QString text = static_cast<QLineEdit*>(widget())->text();
        const qsizetype last = lastLabelIn(text);
        return text.left(last) + (last == 0 ? QString() : QStringLiteral(" ")) +
               QCompleter::pathFromIndex(index);
    }
};

}  // namespace

Editor::Editor(const CardPtr& card, const QStringList& labels, const Clock& clock, QWidget* parent)
    : QDialog(parent), m_clock(clock), m_state(card->task) {
    setWindowTitle(tr("Edit task"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowModality(Qt::WindowModal);
    buildFields(labels);
    m_facts.setText(factsOf(*card, frontend::Now::of(m_clock)));
    m_filling = true;
    m_name.setText(m_state.text(EditState::kName));
    m_due.setText(m_state.text(EditState::kDue));
    m_labels.setText(m_state.text(EditState::kLabels));
    m_note.setPlainText(m_state.text(EditState::kNote));
    m_filling = false;
    showDue();
    showTheirs();
    resize(kWidth, sizeHint().height());
    // All of it, seen from its beginning.
    const auto size = static_cast<int>(m_name.text().size());
    m_name.setSelection(size, -size);
}

void Editor::buildFields(const QStringList& labels) {
    m_notice.setWordWrap(true);
    m_notice.setAutoFillBackground(true);
    m_notice.setContentsMargins(8, 6, 8, 6);
    m_notice.hide();
    m_name.setMaxLength(static_cast<int>(limits::kNameCharacters));
    m_due.setPlaceholderText(tr("tomorrow, fri, in 3 days, dec 1, 2026-12-01"));
    m_labels.setPlaceholderText(tr("home, work"));
    m_labels.setToolTip(
        tr("Commas separate labels. One with a comma in it stands in quotes: \"home, garden\""));
    QStringList asTyped;
    for (const QString& label : labels) asTyped << labelText(label);
    auto* completer = new LabelCompleter(asTyped, this);
    completer->setCaseSensitivity(Qt::CaseInsensitive);
    m_labels.setCompleter(completer);
    m_note.setTabChangesFocus(true);
    m_note.setMinimumHeight(QFontMetrics(font()).lineSpacing() * kNoteLines);
    m_dueSaid.setTextFormat(Qt::PlainText);

    auto* form = new QFormLayout;
    form->setHorizontalSpacing(kMargin);
    form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    const auto row = [&](const QString& label, QWidget* field, EditState::Field which) {
        form->addRow(label, withTheirs(field, which));
        // The label belongs to the field, not to the box around it.
        auto* text = qobject_cast<QLabel*>(
            form->itemAt(form->rowCount() - 1, QFormLayout::LabelRole)->widget());
        text->setBuddy(field);
    };
    row(tr("&Name"), &m_name, EditState::kName);
    row(tr("&Due"), &m_due, EditState::kDue);
    form->addRow(QString(), &m_dueSaid);
    row(tr("&Labels"), &m_labels, EditState::kLabels);
    row(tr("N&ote"), &m_note, EditState::kNote);
    form->addRow(QString(), &m_facts);

    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Save | QDialogButtonBox::Cancel);
    connect(buttons, &QDialogButtonBox::accepted, this, &Editor::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &Editor::reject);
    auto* save = new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return), this);
    connect(save, &QShortcut::activated, this, &Editor::accept);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    layout->setSpacing(kMargin / 2);
    layout->addWidget(&m_notice);
    layout->addLayout(form);
    layout->addWidget(buttons);

    connect(&m_name, &QLineEdit::textChanged, this,
            [this](const QString& text) { typed(EditState::kName, text); });
    connect(&m_due, &QLineEdit::textChanged, this, [this](const QString& text) {
        typed(EditState::kDue, text);
        showDue();
    });
    connect(&m_labels, &QLineEdit::textChanged, this,
            [this](const QString& text) { typed(EditState::kLabels, text); });
    connect(&m_note, &QPlainTextEdit::textChanged, this,
            [this] { typed(EditState::kNote, m_note.toPlainText()); });
}

QWidget* Editor::withTheirs(QWidget* field, EditState::Field which) {
    auto* box = new QWidget;
    auto* theirs = new QLabel;
    theirs->setTextFormat(Qt::PlainText);
    theirs->setWordWrap(true);
    auto* take = new QPushButton(tr("Take this"));
    take->setAutoDefault(false);
    auto* line = new QHBoxLayout;
    line->addWidget(theirs, 1);
    line->addWidget(take);
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(field);
    layout->addLayout(line);
    m_rows[which] = {theirs, take};
    connect(take, &QPushButton::clicked, this, [this, which] {
        m_state.takeTheirs(which);
        fill(which);
        showTheirs();
    });
    return box;
}

void Editor::typed(EditState::Field field, const QString& text) {
    if (m_filling) return;
    m_state.type(field, text);
    showTheirs();
}

void Editor::fill(EditState::Field field) {
    m_filling = true;
    const QString& text = m_state.text(field);
    switch (field) {
        case EditState::kName: m_name.setText(text); break;
        case EditState::kDue: m_due.setText(text); break;
        case EditState::kLabels: m_labels.setText(text); break;
        case EditState::kNote: m_note.setPlainText(text); break;
    }
    m_filling = false;
    showDue();
}

void Editor::showTheirs() {
    for (const EditState::Field field :
         {EditState::kName, EditState::kDue, EditState::kLabels, EditState::kNote}) {
        const auto& theirs = m_state.theirs(field);
        const Row& row = m_rows[field];
        row.theirs->setVisible(theirs.has_value());
        row.take->setVisible(theirs.has_value());
        if (!theirs) continue;
        QString text = theirs->simplified();
        if (text.size() > kTheirsMost) text = text.left(kTheirsMost) + QChar(0x2026);
        row.theirs->setText(text.isEmpty() ? tr("Elsewhere it was removed meanwhile.")
                                           : tr("Elsewhere it became: %1").arg(text));
    }
}

void Editor::showDue() {
    const frontend::Now now = frontend::Now::of(m_clock);
    const std::string text = dateInEnglish(m_due.text());
    QString said;
    if (!text.empty())
        if (const auto date = frontend::parseDate(text, now)) said = longDueText(*date, now);
    m_dueSaid.setText(said.isEmpty() && !text.empty() ? tr("no date yet") : said);
}

void Editor::follow(const CardPtr& card) {
    if (!card) {
        m_state.lost();
        tell(tr("This task was deleted elsewhere. Saving brings it back."), true);
        return;
    }
    const bool wasLost = m_state.isLost();
    const auto anew = m_state.follow(card->task);
    m_facts.setText(factsOf(*card, frontend::Now::of(m_clock)));
    if (anew.empty() && !wasLost) return;
    bool conflict = false;
    for (const EditState::Field field : anew) {
        if (m_state.touched(field))
            conflict = conflict || m_state.theirs(field).has_value();
        else
            fill(field);
    }
    showTheirs();
    tell(conflict ? tr("This task was changed elsewhere meanwhile. What you typed is kept; saving "
                       "sends only what you changed.")
                  : tr("This task was changed elsewhere meanwhile; what you see is up to date."),
         conflict);
}

void Editor::tell(const QString& words, bool bad) {
    const Look look = Look::of(palette());
    QPalette colors = palette();
    colors.setColor(QPalette::Window, bad ? look.notice : look.column);
    colors.setColor(QPalette::WindowText, bad ? look.noticeText : look.text);
    m_notice.setPalette(colors);
    m_notice.setText(words);
    m_notice.setAccessibleName(words);
    m_notice.show();
}

void Editor::accept() {
    const auto fields = m_state.fields(frontend::Now::of(m_clock));
    if (!fields) {
        tell(QString::fromStdString(fields.error().message), true);
        return;
    }
    if (!fields->empty()) Q_EMIT saved(m_state.text(EditState::kName), *fields);
    QDialog::accept();
}

void Editor::reject() {
    if (!m_state.touched()) return QDialog::reject();
    auto* box =
        new QMessageBox(QMessageBox::Question, windowTitle(), tr("Discard what you changed?"),
                        QMessageBox::Discard | QMessageBox::Cancel, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setDefaultButton(QMessageBox::Cancel);
    connect(box, &QMessageBox::finished, this, [this](int chosen) {
        if (chosen == QMessageBox::Discard) QDialog::reject();
    });
    box->open();
}

}  // namespace hashira::board
