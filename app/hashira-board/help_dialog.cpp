// SPDX-License-Identifier: MIT
#include "help_dialog.h"

#include "acts.h"
#include "look.h"

#include <QDialogButtonBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace hashira::board {
namespace {

constexpr int kBetween = 28;
constexpr int kMargin = 20;
constexpr int kRows = 3;

QString keysText(const ActSpec& act) {
    QStringList shown;
    for (const QKeySequence& key : act.keys) shown << key.toString(QKeySequence::NativeText);
    return shown.join(QStringLiteral("   "));
}

/// The groups in two columns of about the same height.
int columnOf(ActGroup group) {
    return group == ActGroup::kGo || group == ActGroup::kMove ? 0 : 1;
}

}  // namespace

HelpDialog::HelpDialog(QWidget* parent) : QDialog(parent) {
    setWindowTitle(tr("Keys of the board"));
    setAttribute(Qt::WA_DeleteOnClose);
    QGridLayout* grids[2] = {new QGridLayout, new QGridLayout};
    auto* columns = new QHBoxLayout;
    columns->setSpacing(kBetween);
    for (QGridLayout* grid : grids) {
        grid->setHorizontalSpacing(kBetween / 2);
        grid->setVerticalSpacing(kRows);
        grid->setColumnStretch(0, 1);
        columns->addLayout(grid);
    }
    QPalette quiet = palette();
    quiet.setColor(QPalette::WindowText, Look::of(palette()).quiet);
    const ActGroup* last = nullptr;
    const std::vector<ActSpec> acts = allActs();
    for (const ActSpec& act : acts) {
        QGridLayout* grid = grids[columnOf(act.group)];
        if (last == nullptr || *last != act.group) {
            auto* title =
                new QLabel(QStringLiteral("<b>%1</b>").arg(groupText(act.group).toHtmlEscaped()));
            if (grid->rowCount() > 1) title->setContentsMargins(0, kBetween / 2, 0, 0);
            grid->addWidget(title, grid->rowCount(), 0, 1, 2);
        }
        last = &act.group;
        const int row = grid->rowCount();
        grid->addWidget(new QLabel(act.text), row, 0);
        auto* keys = new QLabel(keysText(act));
        keys->setPalette(quiet);
        keys->setAlignment(Qt::AlignRight);
        grid->addWidget(keys, row, 1);
    }
    for (QGridLayout* grid : grids) grid->setRowStretch(grid->rowCount(), 1);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    layout->setSpacing(kMargin);
    layout->addLayout(columns);
    layout->addWidget(buttons);
}

}  // namespace hashira::board
