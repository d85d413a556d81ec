// SPDX-License-Identifier: MIT
#pragma once

#include "card_list.h"

#include <QLabel>
#include <QLineEdit>
#include <QToolButton>
#include <QWidget>

namespace hashira::board {

/// A place of the board: its name and how many there are, the cards, and a line to add one.
class Column : public QWidget {
    Q_OBJECT

public:
    Column(Place place, const CardView& view, QWidget* parent = nullptr);

    Place place() const { return m_model.place(); }
    CardList& list() { return m_list; }
    CardModel& model() { return m_model; }
    void setTitle(const QString& title);
    /// `all`: how many there are without the filter. `empty`: what to say where nothing is shown.
    void setCards(const std::vector<CardPtr>& cards, std::size_t all, const QString& empty);
    /// Opens the line for a new task.
    void startAdding();
    void stopAdding();
    QLineEdit& line() { return m_line; }

Q_SIGNALS:
    void added(const QString& name);
    void addingEnded();

protected:
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void look();

    const CardView& m_view;
    CardModel m_model;
    QLabel m_title;
    QLabel m_count;
    QToolButton m_add;
    QLineEdit m_line;
    CardList m_list;
    QLabel m_empty;
};

}  // namespace hashira::board
