// SPDX-License-Identifier: MIT
#include "admin.h"
#include "serve.h"
#include "signals.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QStandardPaths>

#include <cstdio>
#include <cstdlib>

#ifndef _WIN32
#include <sys/stat.h>
#endif

namespace hashira::app {
namespace {

enum Exit { kDone = 0, kFailed = 1, kWrongUsage = 2 };

constexpr const char* kServeOptions[] = {"listen",    "tls-cert",          "tls-key",
                                         "metrics",   "drain-seconds",     "retention",
                                         "log-level", "account-megabytes", "log-format"};

int fail(Exit code, const std::string& message) {
    std::fprintf(stderr, "hashira-datastored: %s\n", message.c_str());
    return code;
}

/// Options win over the environment, this over the default.
QString setting(const QCommandLineParser& parser, const char* option, const char* variable,
                const QString& otherwise) {
    const QString name = QString::fromUtf8(option);
    return parser.isSet(name) ? parser.value(name) : qEnvironmentVariable(variable, otherwise);
}

/// Empty where there is no home: Qt would name a directory in the root of the file system.
QString defaultDatabase() {
#ifndef Q_OS_WIN
    if (qEnvironmentVariableIsEmpty("HOME") && qEnvironmentVariableIsEmpty("XDG_DATA_HOME"))
        return {};
#endif
    return QStringLiteral("sqlite:") +
           QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) +
           QStringLiteral("/hashira-datastore/datastore.db");
}

void describe(QCommandLineParser& parser) {
    parser.setApplicationDescription(
        QStringLiteral(
            "The Hashira datastore: keeps the tasks of accounts and lets devices share them.\n\n"
            "  hashira-datastored [serve]                   serve until SIGTERM or SIGINT\n"
            "  hashira-datastored account add NAME [--id UUID]\n"
            "  hashira-datastored account list\n"
            "  hashira-datastored account remove NAME       with all its tasks and tokens\n"
            "  hashira-datastored token new NAME            prints a new access token, once\n"
            "  hashira-datastored token list NAME\n"
            "  hashira-datastored token revoke NAME [TOKEN-ID]\n\n"
            "The verbs of the operator work beside a running server.\n"
            "HASHIRA_DATASTORED_LISTEN, HASHIRA_DATASTORED_DATABASE and so on stand in for the "
            "options.\n"
            "SIGHUP reads the certificate anew; changed files are noticed without it, too.\n"
            "Without --database the tasks are kept in %1.\n"
            "Exit status: 0 done, 1 failed, 2 wrong usage.")
            .arg(defaultDatabase()));
    parser.addOptions({
        {QStringLiteral("listen"),
         QStringLiteral(
             "Serve there (default tcp:127.0.0.1:7946); port 0: the system chooses. Beyond "
             "loopback it needs TLS."),
         QStringLiteral("tcp:HOST:PORT")},
        {QStringLiteral("tls-cert"),
         QStringLiteral("The certificate and its chain, the leaf first (PEM)."),
         QStringLiteral("FILE")},
        {QStringLiteral("tls-key"), QStringLiteral("The certificate's private key (PEM)."),
         QStringLiteral("FILE")},
        {QStringLiteral("metrics"),
         QStringLiteral("Tell Prometheus there, at /metrics; loopback only (default: nowhere)."),
         QStringLiteral("tcp:127.0.0.1:PORT")},
        {QStringLiteral("drain-seconds"),
         QStringLiteral("How long to take leave of daemons at the end, at most (default 10)."),
         QStringLiteral("SECONDS")},
        {QStringLiteral("retention"),
         QStringLiteral("How long deleted tasks can be restored, and devices that were away told "
                        "only what changed (default 180d). Other tasks are kept for ever."),
         QStringLiteral("NUMBERd|h|m|s|never")},
        {QStringLiteral("account-megabytes"),
         QStringLiteral(
             "What the tasks of one account may take (default 4096). Who has more is told "
             "so, and keeps on the device what is new."),
         QStringLiteral("N")},
        {QStringLiteral("log-level"),
         QStringLiteral("error, warning, info (default) or debug, to stderr."),
         QStringLiteral("LEVEL")},
        {QStringLiteral("log-format"),
         QStringLiteral("text, json or journal (default: journal where stderr is systemd's)."),
         QStringLiteral("FORMAT")},
        {QStringLiteral("database"),
         QStringLiteral(
             "Where the tasks are kept: sqlite:PATH or postgresql://USER@HOST/NAME, as libpq takes "
             "it; its password is best in PGPASSWORD or a password file."),
         QStringLiteral("URL")},
        {QStringLiteral("id"),
         QStringLiteral("account add: the account's UUID, to make it again after the datastore was "
                        "emptied."),
         QStringLiteral("UUID")},
    });
    parser.addHelpOption();
    parser.addVersionOption();
}

int serve(const QCommandLineParser& parser, const datastore::DatabaseUrl& database) {
    const auto value = [&](const char* option, const char* variable, const char* otherwise) {
        return setting(parser, option, variable, QString::fromUtf8(otherwise)).toStdString();
    };
    ServeWords words;
    words.listen = value("listen", "HASHIRA_DATASTORED_LISTEN", "tcp:127.0.0.1:7946");
    words.tlsCert = value("tls-cert", "HASHIRA_DATASTORED_TLS_CERT", "");
    words.tlsKey = value("tls-key", "HASHIRA_DATASTORED_TLS_KEY", "");
    words.metrics = value("metrics", "HASHIRA_DATASTORED_METRICS", "");
    words.drainSeconds = value("drain-seconds", "HASHIRA_DATASTORED_DRAIN_SECONDS", "10");
    words.retention = value("retention", "HASHIRA_DATASTORED_RETENTION", "");
    words.accountMegabytes = value("account-megabytes", "HASHIRA_DATASTORED_ACCOUNT_MEGABYTES", "");
    words.logLevel = value("log-level", "HASHIRA_DATASTORED_LOG_LEVEL", "info");
    words.logFormat = value("log-format", "HASHIRA_DATASTORED_LOG_FORMAT", "");
    const auto settings = serveSettings(words);
    if (!settings) return fail(kWrongUsage, settings.error().message);
    const Status served = serveUntilTold(*settings, database, HASHIRA_VERSION);
    return served ? kDone : fail(kFailed, served.error().message);
}

int run(const QStringList& arguments) {
    QCommandLineParser parser;
    describe(parser);
    if (!parser.parse(arguments)) return fail(kWrongUsage, parser.errorText().toStdString());
    if (parser.isSet(QStringLiteral("help"))) {
        std::fputs(parser.helpText().toUtf8().constData(), stdout);
        return kDone;
    }
    if (parser.isSet(QStringLiteral("version"))) {
        std::puts("hashira-datastored " HASHIRA_VERSION);
        return kDone;
    }
    const QStringList words = parser.positionalArguments();
    const bool serves = words.isEmpty() || words == QStringList{QStringLiteral("serve")};
    const bool adds = words.mid(0, 2).join(QLatin1Char(' ')) == QLatin1String("account add");
    if (parser.isSet(QStringLiteral("id")) && !adds)
        return fail(kWrongUsage, "--id is for `account add`");
    for (const char* option : kServeOptions)
        if (parser.isSet(QString::fromUtf8(option)) && !serves)
            return fail(kWrongUsage, "--" + std::string(option) + " is for `serve`");
    if (words.value(0) == QLatin1String("serve") && !serves)
        return fail(kWrongUsage, "serve takes no arguments, see --help");
    if (!serves)
        if (const Status known = checkAdmin(words); !known)
            return fail(kWrongUsage, known.error().message);
    const QString chosen =
        setting(parser, "database", "HASHIRA_DATASTORED_DATABASE", defaultDatabase());
    if (chosen.isEmpty()) return fail(kFailed, "HOME is not set: give --database sqlite:PATH");
    const auto database = datastore::DatabaseUrl::parse(chosen.toStdString());
    if (!database) return fail(kWrongUsage, database.error().message);
    if (serves) return serve(parser, *database);
    const Status done =
        runAdmin(words, parser.value(QStringLiteral("id")).toStdString(), *database);
    return done ? kDone : fail(kFailed, done.error().message);
}

}  // namespace
}  // namespace hashira::app

int main(int argc, char** argv) {
#ifndef _WIN32
    ::umask(0077);  // a person's tasks are nobody else's to read
#endif
    hashira::app::holdSignals();
    // gRPC's own log is for its developers; we say what is wrong ourselves.
    if (!qEnvironmentVariableIsSet("GRPC_VERBOSITY")) qputenv("GRPC_VERBOSITY", "NONE");
    QCoreApplication application(argc, argv);
    return hashira::app::run(QCoreApplication::arguments());
}
