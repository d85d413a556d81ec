// SPDX-License-Identifier: MIT
#pragma once

#include <QSqlDatabase>

#include <atomic>

namespace hashira::datastore {

/// A connection of QSqlDatabase under a name of its own in the process, removed with this. Declare
/// it before what uses its handle.
class SqlConnection {
public:
    SqlConnection() = default;
    ~SqlConnection() { remove(); }
    SqlConnection(const SqlConnection&) = delete;
    SqlConnection& operator=(const SqlConnection&) = delete;

    /// A new one, not open yet, in place of the old one; invalid where Qt lacks the driver.
    QSqlDatabase& make(const char* driver) {
        static std::atomic<int> count = 0;
        remove();
        m_name = QStringLiteral("hashira-datastore-%1").arg(++count);
        m_database = QSqlDatabase::addDatabase(QString::fromLatin1(driver), m_name);
        return m_database;
    }
    /// Hangs up, until the next one is made.
    void close() { m_database.close(); }

private:
    void remove() {
        if (m_name.isEmpty()) return;
        m_database.close();
        m_database = QSqlDatabase();
        QSqlDatabase::removeDatabase(m_name);
    }

    QString m_name;
    QSqlDatabase m_database;
};

}  // namespace hashira::datastore
