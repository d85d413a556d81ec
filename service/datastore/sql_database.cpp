// SPDX-License-Identifier: MIT
#include "datastore/sql_database.h"

#include <QDir>
#include <QFile>

namespace hashira::datastore {
namespace {

/// Runs the statements of a migration, each ended by ';' at a line's end.
Status runFile(SqlDriver& driver, const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Error{ErrorCode::kInternal, "a migration is missing in the program"};
    const QString text = QString::fromUtf8(file.readAll());
    for (const QString& statement : text.split(QStringLiteral(";\n"), Qt::SkipEmptyParts))
        if (const Status done = driver.execute(statement.trimmed().toUtf8().constData()); !done)
            return done;
    return {};
}

}  // namespace

Result<std::unique_ptr<SqlDatabase>> SqlDatabase::open(const DatabaseUrl& url) {
    auto driver = url.path.empty() ? openPostgresql(url) : openSqlite(url);
    if (!driver) return driver.error();
    std::unique_ptr<SqlDatabase> database(new SqlDatabase(std::move(*driver)));
    if (const Status migrated = database->migrate(); !migrated)
        return Error{migrated.error().code, url.shown() + ": " + migrated.error().message};
    return database;
}

Status SqlDatabase::migrate() {
    const QDir folder(QString::fromUtf8(m_driver->migrations()));
    const QStringList files = folder.entryList(QDir::Files, QDir::Name);
    const auto before = m_driver->schemaVersion();
    if (!before) return before.error();
    if (*before > files.size())
        return Error{ErrorCode::kNewer,
                     "the database is of a newer version of hashira-datastored (format " +
                         std::to_string(*before) + ", this program knows up to " +
                         std::to_string(files.size()) + "): update the program"};
    if (const Status configured = m_driver->configure(); !configured) return configured;
    if (*before == files.size()) return {};
    const auto scope = Scope::begin(*this, Scope::Mode::kWrite);
    if (!scope) return scope.error();
    if (const Status locked = m_driver->lockSchema(); !locked) return locked;
    // Again under the lock: several programs may start on a new database together.
    const auto version = m_driver->schemaVersion();
    if (!version) return version.error();
    for (int number = *version + 1; number <= files.size(); ++number) {
        if (const Status done = runFile(*m_driver, folder.filePath(files.at(number - 1))); !done)
            return done;
        if (const Status set = m_driver->setSchemaVersion(number); !set) return set;
    }
    return (*scope)->commit();
}

Result<std::unique_ptr<Scope>> Scope::begin(SqlDatabase& database, Mode mode) {
    if (const Status begun = database.driver().begin(mode); !begun) return begun.error();
    return std::unique_ptr<Scope>(new Scope(database));
}

Scope::~Scope() {
    if (m_open) m_database.driver().rollBack();
}

Status Scope::commit() {
    const Status committed = m_database.driver().commit();
    if (committed) m_open = false;
    return committed;
}

}  // namespace hashira::datastore
