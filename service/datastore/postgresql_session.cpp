// SPDX-License-Identifier: MIT
#include "datastore/postgresql_session.h"

#include <QSqlDriver>
#include <QSqlError>
#include <QVariant>

#include <libpq-fe.h>

#include <optional>

namespace hashira::datastore {
namespace {

using Parameters = std::map<std::string, std::string>;

/// PostgreSQL's numbers of types.
constexpr std::uint32_t kInt8 = 20;
constexpr std::uint32_t kText = 25;

/// What holds where the URL does not say otherwise: a host that is gone is noticed, and a standby,
/// whose answers are of the past, is not taken for the primary.
const Parameters kDefaults = {
    {"application_name", "hashira-datastored"},
    {"connect_timeout", "5"},
    {"keepalives_idle", "10"},
    {"keepalives_interval", "5"},
    {"keepalives_count", "3"},
    {"tcp_user_timeout", "15000"},
    {"target_session_attrs", "read-write"},
};

/// A replica that stops in the middle of a transaction must not keep others from the account: they
/// get the lock before they give up waiting for it. And no setting of the server may make a commit
/// less durable than what daemons rely on.
constexpr const char* kSession =
    "SELECT set_config('lock_timeout', '20s', false), "
    "set_config('idle_in_transaction_session_timeout', '5s', false), "
    "set_config('synchronous_commit', CASE current_setting('synchronous_commit') "
    "WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false)";

void appendNumber(std::string& bytes, std::uint64_t value, int size) {
    for (int shift = (size - 1) * 8; shift >= 0; shift -= 8)
        bytes.push_back(static_cast<char>((value >> shift) & 0xFF));
}

/// The binary form of an array of one dimension without nulls, up to its elements.
std::string arrayHead(std::uint32_t type, std::size_t count) {
    std::string bytes;
    appendNumber(bytes, count == 0 ? 0 : 1, 4);
    appendNumber(bytes, 0, 4);
    appendNumber(bytes, type, 4);
    if (count == 0) return bytes;
    appendNumber(bytes, count, 4);
    appendNumber(bytes, 1, 4);
    return bytes;
}

/// Only the message itself: what stands beside it may quote the rows.
Error errorOf(const PGresult* result) {
    const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char* primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const std::string code = state ? state : "";
    const std::string text = "the datastore's database: " + std::string(primary ? primary : "") +
                             (code.empty() ? "" : " (" + code + ")");
    const std::string kind = code.substr(0, 2);
    if (code == "53100" || code == "58030") return {ErrorCode::kDiskFull, text};
    if (code == "XX001" || code == "XX002") return {ErrorCode::kCorrupt, text};
    // Somebody else wrote the same row first: an operator's verb beside another.
    if (kind == "23") return {ErrorCode::kBusy, text};
    // The server is stopping or starting, out of something, a standby now, or gave up waiting; or a
    // backup is being restored, and its tables are not there yet.
    if (code.empty() || kind == "08" || kind == "40" || kind == "53" || kind == "57" ||
        code == "25006" || code == "25P03" || code == "55P03" || code == "42P01")
        return {ErrorCode::kUnavailable, text};
    return {ErrorCode::kInternal, text};
}

QString optionsOf(const Parameters& parameters) {
    std::string options;
    for (const auto& [name, value] : parameters) {
        if (name == "password") continue;
        options += name + "='";
        for (const char c : value) {
            if (c == '\'' || c == '\\') options += '\\';
            options += c;
        }
        options += "' ";
    }
    return QString::fromStdString(options);
}

}  // namespace

Result<Parameters> postgresqlParameters(const std::string& url) {
    const Error bad = invalid(
        "the database must be postgresql://[USER@]HOST[:PORT]/NAME[?OPTIONS]; write what is "
        "not a letter or a digit in user, password and options as %XX");
    PQconninfoOption* options = PQconninfoParse(url.c_str(), nullptr);
    if (!options) return bad;
    Parameters parameters;
    for (const PQconninfoOption* option = options; option->keyword; ++option)
        if (option->val) parameters[option->keyword] = option->val;
    PQconninfoFree(options);
    for (const auto& [name, value] : parameters) {
        // Qt's driver takes ';' for the end of an option; and a password's '/' makes a host of the
        // user.
        const bool named = name == "host" || name == "dbname";
        if (name != "password" && value.find(';') != std::string::npos) return bad;
        if (named && value.find('@') != std::string::npos) return bad;
    }
    return parameters;
}

void PostgresqlFree::operator()(pg_result* result) const {
    PQclear(result);
}

void PostgresqlValues::addAll(const std::vector<std::int64_t>& values) {
    std::string bytes = arrayHead(kInt8, values.size());
    for (const std::int64_t value : values) {
        appendNumber(bytes, sizeof value, 4);
        appendNumber(bytes, static_cast<std::uint64_t>(value), sizeof value);
    }
    m_texts.push_back(std::move(bytes));
    m_binary.push_back(1);
}

void PostgresqlValues::addAll(const std::vector<std::string>& values) {
    std::string bytes = arrayHead(kText, values.size());
    for (const std::string& value : values) {
        appendNumber(bytes, value.size(), 4);
        bytes += value;
    }
    m_texts.push_back(std::move(bytes));
    m_binary.push_back(1);
}

Status PostgresqlSession::open() {
    auto parameters = postgresqlParameters(m_url.postgresql);
    if (!parameters) return parameters.error();
    m_handle = nullptr;
    m_unread = 0;
    ++m_generation;
    QSqlDatabase& database = m_connection.make("QPSQL");
    if (!database.isValid())
        return Error{ErrorCode::kPrecondition,
                     "Qt's PostgreSQL driver (QPSQL) is not installed: the package "
                     "libqt6sql6-psql, or your system's"};
    database.setPassword(QString::fromStdString((*parameters)["password"]));
    parameters->insert(kDefaults.begin(), kDefaults.end());
    database.setConnectOptions(optionsOf(*parameters));
    if (!database.open())
        return Error{ErrorCode::kUnavailable,
                     "cannot open the database " + m_url.shown() + ": " +
                         database.lastError().databaseText().simplified().toStdString()};
    m_handle = *static_cast<PGconn**>(database.driver()->handle().data());
    const char* encoding = PQparameterStatus(m_handle, "server_encoding");
    if (!encoding || std::string_view(encoding) != "UTF8")
        return Error{ErrorCode::kPrecondition,
                     "the database " + m_url.shown() +
                         " must be of the encoding UTF8, or texts that it cannot write would be "
                         "refused for ever: createdb --encoding UTF8 --template template0"};
    // What the server says beside its answers would go to stderr, past the log.
    PQsetNoticeReceiver(
        m_handle, [](void*, const PGresult*) {}, nullptr);
    if (PQenterPipelineMode(m_handle) != 1) return lost();
    if (const Status asked = send(kSession); !asked) return asked;
    const auto set = collect();
    return set ? Status() : Status(set.error());
}

bool PostgresqlSession::alive() {
    // Twice: a server that stops says why before it hangs up.
    return m_handle && PQconsumeInput(m_handle) == 1 && PQconsumeInput(m_handle) == 1 &&
           PQstatus(m_handle) == CONNECTION_OK;
}

Error PostgresqlSession::lost() {
    // Also where the connection itself stands: what was sent on it may still be answered, and that
    // would be taken for the answer to what is sent next.
    m_connection.close();
    m_handle = nullptr;
    m_unread = 0;
    return {ErrorCode::kUnavailable, "the datastore lost the connection to its database"};
}

Status PostgresqlSession::sent(int ok) {
    if (ok != 1) return lost();
    ++m_unread;
    return {};
}

Status PostgresqlSession::send(const char* sql, const PostgresqlValues& values) {
    std::vector<const char*> texts;
    std::vector<int> lengths;
    for (const std::string& text : values.m_texts) {
        texts.push_back(text.c_str());
        lengths.push_back(static_cast<int>(text.size()));
    }
    return sent(m_handle
                    ? PQsendQueryParams(m_handle, sql, static_cast<int>(texts.size()), nullptr,
                                        texts.data(), lengths.data(), values.m_binary.data(), 0)
                    : 0);
}

Status PostgresqlSession::sendPrepared(const std::string& name, const PostgresqlValues& values) {
    std::vector<const char*> texts;
    std::vector<int> lengths;
    for (const std::string& text : values.m_texts) {
        texts.push_back(text.c_str());
        lengths.push_back(static_cast<int>(text.size()));
    }
    return sent(m_handle
                    ? PQsendQueryPrepared(m_handle, name.c_str(), static_cast<int>(texts.size()),
                                          texts.data(), lengths.data(), values.m_binary.data(), 0)
                    : 0);
}

Status PostgresqlSession::prepare(const std::string& name, const std::string& sql) {
    if (m_unread > 0)
        if (const auto before = collect(); !before) return before.error();
    const int ok = m_handle ? PQsendPrepare(m_handle, name.c_str(), sql.c_str(), 0, nullptr) : 0;
    if (const Status asked = sent(ok); !asked) return asked;
    const auto prepared = collect();
    return prepared ? Status() : Status(prepared.error());
}

Result<PostgresqlResult> PostgresqlSession::collect() {
    if (!m_handle || PQpipelineSync(m_handle) != 1) return lost();
    PostgresqlResult last;
    std::optional<Error> failed;
    for (; m_unread > 0; --m_unread) {
        while (PGresult* raw = PQgetResult(m_handle)) {
            PostgresqlResult result(raw);
            const ExecStatusType status = PQresultStatus(raw);
            if (status == PGRES_FATAL_ERROR && !failed) failed = errorOf(raw);
            if (PQstatus(m_handle) != CONNECTION_OK) return failed ? (lost(), *failed) : lost();
            last = std::move(result);
        }
        if (PQstatus(m_handle) != CONNECTION_OK) return failed ? (lost(), *failed) : lost();
    }
    const PostgresqlResult sync(PQgetResult(m_handle));
    if (PQresultStatus(sync.get()) != PGRES_PIPELINE_SYNC) return lost();
    if (failed) return *failed;
    return last;
}

}  // namespace hashira::datastore
