// SPDX-License-Identifier: MIT
#include "admin.h"

#include "base/clock.h"
#include "datastore/accounts.h"
#include "datastore/sql_database.h"

#include <QDateTime>

#include <cstdio>

namespace hashira::app {
namespace {

namespace accounts = datastore::accounts;

struct Verb {
    const char* noun;
    const char* verb;
    int least;  ///< arguments
    int most;
    const char* usage;
};
constexpr Verb kVerbs[] = {
    {"account", "add", 1, 1, "account add NAME [--id UUID]"},
    {"account", "list", 0, 0, "account list"},
    {"account", "remove", 1, 1, "account remove NAME"},
    {"token", "new", 1, 1, "token new NAME"},
    {"token", "list", 1, 1, "token list NAME"},
    {"token", "revoke", 1, 2, "token revoke NAME [TOKEN-ID]"},
};

constexpr std::int64_t kMegabyte = 1024 * 1024;

/// Written whole or not at all: `token new` into a full disk must not seem done.
Status print(const std::string& line) {
    if (std::printf("%s\n", line.c_str()) >= 0 && std::fflush(stdout) == 0) return {};
    return Error{ErrorCode::kInternal, "cannot write to stdout"};
}

std::string day(std::int64_t ms) {
    return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC).toString(Qt::ISODate).toStdString();
}

Status listAccounts(datastore::SqlDatabase& database) {
    const auto all = accounts::list(database);
    if (!all) return all.error();
    for (const auto& account : *all) {
        const Status printed =
            print(account.id + "  " + account.name + "  " + std::to_string(account.documents) +
                  " tasks  " + std::to_string((account.bytes + kMegabyte - 1) / kMegabyte) + " MB");
        if (!printed) return printed;
    }
    return {};
}

Status listTokens(datastore::SqlDatabase& database, const std::string& name) {
    const auto all = accounts::listTokens(database, name);
    if (!all) return all.error();
    for (const auto& token : *all) {
        const std::string used = token.usedMs ? "last used " + day(*token.usedMs) : "never used";
        const Status printed = print(token.id + "  made " + day(token.createdMs) + "  " + used);
        if (!printed) return printed;
    }
    return {};
}

/// Prints the text of a result.
Status printed(const Result<std::string>& result) {
    return result ? print(*result) : Status(result.error());
}

}  // namespace

Status checkAdmin(const QStringList& words) {
    std::string usages;
    for (const Verb& verb : kVerbs) {
        if (words.value(0) != QLatin1String(verb.noun)) continue;
        const auto count = words.size() - 2;
        const bool same = words.value(1) == QLatin1String(verb.verb);
        if (same && count >= verb.least && count <= verb.most) return {};
        if (same) return invalid("usage: hashira-datastored " + std::string(verb.usage));
        usages += "\n  hashira-datastored " + std::string(verb.usage);
    }
    if (!usages.empty()) return invalid("usage:" + usages);
    return invalid("there is no verb \"" + words.value(0).toStdString() +
                   "\": serve, account and token are known, see --help");
}

Status runAdmin(const QStringList& words, const std::string& id,
                const datastore::DatabaseUrl& url) {
    const auto database = datastore::SqlDatabase::open(url);
    if (!database) return database.error();
    const SystemClock clock;
    SystemRandom random;
    const QString verb = words.value(0) + QLatin1Char(' ') + words.value(1);
    const std::string name = words.value(2).toStdString();
    if (verb == QLatin1String("account add"))
        return printed(accounts::add(**database, name, id, clock, random));
    if (verb == QLatin1String("account list")) return listAccounts(**database);
    if (verb == QLatin1String("account remove")) return accounts::remove(**database, name);
    if (verb == QLatin1String("token new"))
        return printed(accounts::newToken(**database, name, clock, random));
    if (verb == QLatin1String("token list")) return listTokens(**database, name);
    const auto count = accounts::revokeTokens(**database, name, words.value(3).toStdString());
    if (!count) return count.error();
    return print(std::to_string(*count) + (*count == 1 ? " token revoked" : " tokens revoked"));
}

}  // namespace hashira::app
