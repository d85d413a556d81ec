// SPDX-License-Identifier: MIT
#pragma once

#include "datastore/database_url.h"

#include <QTemporaryDir>
#include <QtTest>

#include <cstdio>
#include <string>

#include <sys/types.h>

namespace hashira::test {

/// The databases that each test of the datastore runs on: a row for each in initTestCase_data().
/// The PostgreSQL is a real one of this program's own, begun when it is first needed.
class Databases {
public:
    static void addRows() {
        QTest::addColumn<bool>("postgresql");
        QTest::newRow("sqlite") << false;
        QTest::newRow("postgresql") << true;
    }
    /// Whether the row of now is PostgreSQL's.
    static bool postgresql() {
        QFETCH_GLOBAL(bool, postgresql);
        return postgresql;
    }

    ~Databases();
    /// A new, empty database of the row of now.
    datastore::DatabaseUrl make();
    /// Runs a statement as PostgreSQL's superuser; the first value of the first row.
    std::string sql(const std::string& statement, const datastore::DatabaseUrl& database = {});
    /// "crash" or "start": the PostgreSQL, with its databases; done when it returns.
    void tell(const std::string& what);

private:
    void start();
    std::string answer();

    QTemporaryDir m_directory;
    pid_t m_keeper = -1;
    int m_ask = -1;
    std::FILE* m_answers = nullptr;
    std::string m_url;
    int m_count = 0;
};

}  // namespace hashira::test
