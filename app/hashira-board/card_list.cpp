// SPDX-License-Identifier: MIT
#include "card_list.h"

#include <QDrag>
#include <QDragEnterEvent>
#include <QMimeData>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>

namespace hashira::board {
namespace {

constexpr int kScrollStep = 40;  ///< pixels of a turn of the wheel's least part
constexpr int kDropLine = 3;

}  // namespace

CardList::CardList(CardModel& model, const CardView& view, QWidget* parent)
    : QListView(parent), m_model(model), m_view(view), m_delegate(new CardDelegate(view, this)) {
    m_delegate->setFont(font());
    setModel(&m_model);
    setItemDelegate(m_delegate);
    setFrameShape(QFrame::NoFrame);
    setVerticalScrollMode(ScrollPerPixel);
    verticalScrollBar()->setSingleStep(kScrollStep);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSelectionMode(ExtendedSelection);
    setEditTriggers(NoEditTriggers);
    setDragDropMode(DragDrop);
    setDropIndicatorShown(false);  // ours lies between two cards
    setMouseTracking(true);
    setTabKeyNavigation(false);
    viewport()->setAutoFillBackground(false);
    connect(this, &QListView::doubleClicked, this, &CardList::opened);
}

void CardList::setCards(const std::vector<CardPtr>& wanted) {
    QScrollBar* bar = verticalScrollBar();
    const QPersistentModelIndex first =
        bar->value() == 0 ? QModelIndex() : indexAt(QPoint(viewport()->width() / 2, 0));
    const int top = first.isValid() ? visualRect(first).top() : 0;
    m_changingRows = true;
    m_model.setCards(wanted);
    m_changingRows = false;
    if (!first.isValid()) return;
    executeDelayedItemsLayout();
    bar->setValue(bar->value() + visualRect(first).top() - top);
}

std::string CardList::currentId() const {
    const QModelIndex index = currentIndex();
    return index.isValid() ? m_model.card(index.row())->task.id : std::string();
}

void CardList::setCurrentRow(int row, bool scroll, const IdSet& chosen) {
    const QModelIndex index = m_model.index(row);
    QItemSelection rows;
    for (int at = 0; !chosen.empty() && at < m_model.rowCount(); ++at) {
        const int first = at;
        while (at < m_model.rowCount() && chosen.contains(m_model.card(at)->task.id)) ++at;
        if (at > first) rows.append({m_model.index(first), m_model.index(at - 1)});
    }
    if (rows.isEmpty()) rows.append({index, index});
    // QListView scrolls by itself when the current one changes.
    const bool before = hasAutoScroll();
    setAutoScroll(scroll);
    selectionModel()->setCurrentIndex(index, QItemSelectionModel::NoUpdate);
    selectionModel()->select(rows, QItemSelectionModel::ClearAndSelect);
    setAutoScroll(before);
    if (scroll && index.isValid()) scrollTo(index);
}

QModelIndexList CardList::chosenRows() const {
    QModelIndexList rows = selectedIndexes();
    std::sort(rows.begin(), rows.end());
    return rows;
}

/// The keys move what is current past Qt, so that Qt's own anchor is where the mouse was last.
QPersistentModelIndex CardList::anchor() const {
    const bool holds = selectionModel()->isSelected(m_anchor);
    return holds ? m_anchor : QPersistentModelIndex(currentIndex());
}

void CardList::extendTo(int row) {
    extend(anchor(), row);
}

void CardList::extend(const QPersistentModelIndex& from, int row) {
    m_anchor = from;
    const QModelIndex to = m_model.index(row);
    const QModelIndex first = m_model.index(std::min(from.row(), row));
    const QModelIndex last = m_model.index(std::max(from.row(), row));
    selectionModel()->setCurrentIndex(to, QItemSelectionModel::NoUpdate);
    selectionModel()->select({first, last}, QItemSelectionModel::ClearAndSelect);
    scrollTo(to);
}

int CardList::rowBeside(int y) const {
    const int count = m_model.rowCount();
    if (count == 0) return -1;
    const QModelIndex at = indexAt(QPoint(viewport()->width() / 2, y));
    return at.isValid() ? at.row() : y < 0 ? 0 : count - 1;
}

int CardList::currentY() const {
    return currentIndex().isValid() ? visualRect(currentIndex()).center().y() : 0;
}

void CardList::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QListView::currentChanged(current, previous);
    if (!m_changingRows) Q_EMIT choiceChanged();
}

void CardList::selectionChanged(const QItemSelection& selected, const QItemSelection& deselected) {
    QListView::selectionChanged(selected, deselected);
    if (!m_changingRows) Q_EMIT choiceChanged();
}

QPixmap CardList::pictureOf(const QModelIndex& index, qsizetype count) const {
    const QRect rect = visualRect(index);
    QPixmap picture(rect.size() * devicePixelRatioF());
    picture.setDevicePixelRatio(devicePixelRatioF());
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    painter.setOpacity(0.9);
    QStyleOptionViewItem option;
    initViewItemOption(&option);
    option.rect = QRect(QPoint(), rect.size());
    option.state |= QStyle::State_Selected;
    m_delegate->paint(&painter, option, index);
    if (count > 1) m_delegate->paintCount(painter, option.rect, count);
    return picture;
}

void CardList::startDrag(Qt::DropActions) {
    const QModelIndex index = currentIndex();
    if (!selectionModel()->isSelected(index)) return;
    auto* drag = new QDrag(this);  // Qt deletes it
    const QModelIndexList chosen = chosenRows();
    drag->setMimeData(m_model.mimeData(chosen));
    drag->setPixmap(pictureOf(index, chosen.size()));
    drag->setHotSpot(viewport()->mapFromGlobal(QCursor::pos()) - visualRect(index).topLeft());
    // Rows change once the daemon has the move, never by the drag itself.
    drag->exec(Qt::MoveAction);
}

void CardList::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasFormat(CardModel::kMimeType)) event->acceptProposedAction();
}

void CardList::dragMoveEvent(QDragMoveEvent* event) {
    QListView::dragMoveEvent(event);  // scrolls at the edges
    if (!event->mimeData()->hasFormat(CardModel::kMimeType)) return event->ignore();
    setDropRow(dropRow(event->position().toPoint().y()));
    event->acceptProposedAction();
}

void CardList::dragLeaveEvent(QDragLeaveEvent* event) {
    QListView::dragLeaveEvent(event);
    setDropRow({});
}

void CardList::dropEvent(QDropEvent* event) {
    const int row = dropRow(event->position().toPoint().y());
    setDropRow({});
    setState(NoState);
    stopAutoScroll();
    if (m_model.dropMimeData(event->mimeData(), Qt::MoveAction, row, 0, {}))
        event->acceptProposedAction();
}

int CardList::dropRow(int y) const {
    const QModelIndex at = indexAt(QPoint(viewport()->width() / 2, y));
    if (!at.isValid()) return m_model.rowCount();
    return y < visualRect(at).center().y() ? at.row() : at.row() + 1;
}

int CardList::dropLineY(int row) const {
    if (m_model.rowCount() == 0) return kDropLine;
    if (row < m_model.rowCount()) return visualRect(m_model.index(row)).top();
    return visualRect(m_model.index(row - 1)).bottom() + 1;
}

void CardList::setDropRow(std::optional<int> row) {
    // Where what is done stands says when it was done.
    if (row && m_model.place() == Place::kDone) row = 0;
    if (m_dropRow == row) return;
    m_dropRow = row;
    viewport()->update();
}

void CardList::paintEvent(QPaintEvent* event) {
    QListView::paintEvent(event);
    if (!m_dropRow) return;
    QPainter painter(viewport());
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_view.look.accent);
    const qreal y = std::max(0, dropLineY(*m_dropRow) - kDropLine / 2);
    painter.drawRoundedRect(QRectF(10, y, viewport()->width() - 20, kDropLine), kDropLine / 2.0,
                            kDropLine / 2.0);
}

void CardList::keyPressEvent(QKeyEvent* event) {
    const bool page = event->key() == Qt::Key_PageUp || event->key() == Qt::Key_PageDown;
    if (!page || event->modifiers() != Qt::ShiftModifier || !currentIndex().isValid())
        return QListView::keyPressEvent(event);
    extendTo(moveCursor(event->key() == Qt::Key_PageUp ? MovePageUp : MovePageDown, {}).row());
}

void CardList::mousePressEvent(QMouseEvent* event) {
    const QPersistentModelIndex from = anchor();
    QListView::mousePressEvent(event);
    const QModelIndex index = indexAt(event->position().toPoint());
    if (event->button() != Qt::LeftButton || !index.isValid()) return;
    if (event->modifiers() == Qt::ShiftModifier && from.isValid())
        extend(from, index.row());
    else
        m_anchor = index;
}

void CardList::mouseReleaseEvent(QMouseEvent* event) {
    QListView::mouseReleaseEvent(event);
    const QPoint at = event->position().toPoint();
    const QModelIndex index = indexAt(at);
    const bool plain = event->button() == Qt::LeftButton && event->modifiers() == Qt::NoModifier;
    if (!plain || !index.isValid()) return;
    QStyleOptionViewItem option;
    initViewItemOption(&option);
    option.rect = visualRect(index);
    if (const QString label = m_delegate->labelAt(option, index, at); !label.isEmpty())
        Q_EMIT labelClicked(label);
}

void CardList::changeEvent(QEvent* event) {
    QListView::changeEvent(event);
    if (event->type() != QEvent::FontChange && event->type() != QEvent::ApplicationFontChange)
        return;
    m_delegate->setFont(font());
    scheduleDelayedItemsLayout();
}

void CardList::resizeEvent(QResizeEvent* event) {
    QListView::resizeEvent(event);
    // Names break differently.
    if (event->oldSize().width() != event->size().width()) scheduleDelayedItemsLayout();
}

}  // namespace hashira::board
