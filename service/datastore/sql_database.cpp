// SPDX-License-Identifier: MIT
#include "datastore/sql_database.h"

#include <QDir>
#include <QFile>
#include <QVariant>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <limits>

namespace hashira::datastore {
namespace {

/// Qt's connections have names of the whole process.
QString connectionName() {
    static std::atomic<int> count = 0;
    return QStringLiteral("hashira-datastore-%1").arg(++count);
}

/// The numbered files, in order.
QStringList migrations() {
    return QDir(QStringLiteral(":/sql/datastore")).entryList(QDir::Files, QDir::Name);
}

QString qText(std::string_view text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

}  // namespace

Result<std::unique_ptr<SqlDatabase>> SqlDatabase::open(const DatabaseUrl& url) {
    std::unique_ptr<SqlDatabase> database(new SqlDatabase(connectionName()));
    auto connection = dialect::connect(url, database->m_name);
    if (!connection) return connection.error();
    database->m_database = std::move(*connection);
    if (const Status migrated = database->migrate(); !migrated)
        return Error{migrated.error().code, url.path + ": " + migrated.error().message};
    return database;
}

SqlDatabase::SqlDatabase(QString name)
    : m_name(std::move(name)), m_thread(std::this_thread::get_id()) {}

SqlDatabase::~SqlDatabase() {
    m_statements.clear();
    m_database.close();
    m_database = QSqlDatabase();
    QSqlDatabase::removeDatabase(m_name);
}

QSqlQuery& SqlDatabase::prepared(const char* sql) {
    assert(m_thread == std::this_thread::get_id());
    auto known = m_statements.find(sql);
    if (known == m_statements.end()) known = m_statements.emplace(sql, QSqlQuery(m_database)).first;
    QSqlQuery& query = known->second;
    if (query.isForwardOnly() && m_failed.erase(sql) == 0) return query;
    query.setForwardOnly(true);
    // What cannot be prepared says so when it is run, and is tried again at its next use.
    if (!query.prepare(QString::fromUtf8(sql))) m_failed.insert(sql);
    return query;
}

Status SqlDatabase::execute(const char* sql) {
    assert(m_thread == std::this_thread::get_id());
    QSqlQuery query(m_database);
    if (query.exec(QString::fromUtf8(sql))) return {};
    return dialect::errorOf(query.lastError(), sql);
}

Status SqlDatabase::migrate() {
    const QStringList files = migrations();
    const auto before = dialect::schemaVersion(m_database);
    if (!before) return before.error();
    if (*before > files.size())
        return Error{ErrorCode::kNewer,
                     "the database is of a newer version of hashira-datastored (format " +
                         std::to_string(*before) + ", this program knows up to " +
                         std::to_string(files.size()) + "): update the program"};
    if (const Status configured = dialect::configure(m_database); !configured) return configured;
    if (*before == files.size()) return {};
    const auto scope = Scope::begin(*this, Scope::Mode::kWrite);
    if (!scope) return scope.error();
    // Again under the lock: two programs may start on a new file together.
    const auto version = dialect::schemaVersion(m_database);
    if (!version) return version.error();
    for (int number = *version + 1; number <= files.size(); ++number) {
        QFile file(QStringLiteral(":/sql/datastore/") + files.at(number - 1));
        if (!file.open(QIODevice::ReadOnly))
            return Error{ErrorCode::kInternal, "a migration is missing in the program"};
        const QString text = QString::fromUtf8(file.readAll());
        for (const QString& statement : text.split(QStringLiteral(";\n"), Qt::SkipEmptyParts))
            if (const Status done = execute(statement.trimmed().toUtf8().constData()); !done)
                return done;
        if (const Status set = dialect::setSchemaVersion(m_database, number); !set) return set;
    }
    return (*scope)->commit();
}

Statement::Statement(SqlDatabase& database, const char* sql) : m_query(database.prepared(sql)) {}

Statement& Statement::bind(std::int64_t value) {
    m_query.bindValue(m_bound++, QVariant::fromValue<qlonglong>(value));
    return *this;
}

Statement& Statement::bind(std::uint64_t value) {
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    return bind(static_cast<std::int64_t>(std::min(value, static_cast<std::uint64_t>(most))));
}

Statement& Statement::bind(std::string_view value) {
    m_query.bindValue(m_bound++, qText(value));
    return *this;
}

Status Statement::run() {
    m_ran = true;
    if (m_query.exec()) return {};
    return dialect::errorOf(m_query.lastError(), "the datastore's database");
}

Result<bool> Statement::next() {
    if (!m_ran)
        if (const Status ran = run(); !ran) return ran.error();
    if (m_query.next()) return true;
    if (m_query.lastError().isValid())
        return dialect::errorOf(m_query.lastError(), "reading the datastore's database");
    return false;
}

std::int64_t Statement::integer(int column) const {
    return m_query.value(column).toLongLong();
}

std::string Statement::text(int column) const {
    return m_query.value(column).toString().toStdString();
}

bool Statement::isNull(int column) const {
    return m_query.isNull(column);
}

Result<std::unique_ptr<Scope>> Scope::begin(SqlDatabase& database, Mode mode) {
    const char* begin = mode == Mode::kWrite ? dialect::kBeginWrite : dialect::kBeginRead;
    if (const Status begun = database.execute(begin); !begun) return begun.error();
    return std::unique_ptr<Scope>(new Scope(database));
}

Scope::~Scope() {
    // Where it fails there is nothing left to undo: SQLite rolled back by itself.
    if (m_open) static_cast<void>(m_database.execute("ROLLBACK"));
}

Status Scope::commit() {
    const Status committed = m_database.execute("COMMIT");
    if (committed) m_open = false;
    return committed;
}

}  // namespace hashira::datastore
