// SPDX-License-Identifier: MIT
#include "options.h"

#include "platform.h"
#include "settings_file.h"

#include "base/limits.h"
#include "remote/link.h"
#include "rpc/server.h"

#include <QCommandLineParser>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSettings>
#include <QStandardPaths>

#include <cmath>

namespace hashirad {
namespace {

using hashira::Error;
using hashira::ErrorCode;
using hashira::invalid;
using hashira::Result;
using hashira::Status;

/// A setting with a value: the option --NAME, the variable HASHIRA_NAME, the key NAME of the file.
struct Setting {
    const char* name;
    const char* value;
    const char* meaning;
    bool path = false;
};
constexpr Setting kSettings[] = {
    {"data-dir", "DIR", "Where everything is kept.", true},
    {"listen", "ENDPOINT",
     "Where front ends call: unix:PATH or tcp:127.0.0.1:PORT (0: a free port)."},
    {"datastore", "URL",
     "What to sync with: hashira://HOST:PORT (TLS), or hashira+plaintext://127.0.0.1:PORT on this "
     "machine."},
    {"token-file", "FILE", "The token for the datastore (or HASHIRA_TOKEN, the token itself).",
     true},
    {"datastore-ca", "FILE", "The certificate of the datastore's CA, where it is your own (PEM).",
     true},
    {"weeks-kept", "N", "Weeks of done tasks to keep here (10)."},
    {"sync-interval", "S", "Seconds between syncs, besides those at each change (60)."},
    {"network", "on|off",
     "Whether what the system says of the network is heeded; off: always try (on)."},
    {"notifications", "on|off", "Whether the desktop shows what you must know (on)."},
};

/// More than gRPC's metadata carries.
constexpr qsizetype kTokenBytes = 8 * 1024;
constexpr double kSyncIntervalLeast = 0.1;
constexpr double kSyncIntervalMost = 86'400;

/// A value and who gave it, for the words of an error.
struct Given {
    QString text;
    QString source;
    bool set() const { return !text.isEmpty(); }
};

void addOptions(QCommandLineParser& parser) {
    parser.setApplicationDescription(QStringLiteral(
        "The daemon of Hashira: keeps your tasks on this machine, serves the front ends, and syncs "
        "with a datastore."));
    parser.addOption({QStringLiteral("headless"), QStringLiteral("Without a tray icon.")});
    for (const Setting& setting : kSettings)
        parser.addOption({QLatin1String(setting.name), QLatin1String(setting.meaning),
                          QLatin1String(setting.value)});
    parser.addOption(
        {{QStringLiteral("h"), QStringLiteral("help")}, QStringLiteral("Says this and exits.")});
    parser.addOption({{QStringLiteral("v"), QStringLiteral("version")},
                      QStringLiteral("Says the version and exits.")});
}

/// Looks values up, the options first.
class Values {
public:
    explicit Values(const QCommandLineParser& parser)
        : m_parser(parser), m_file(settingsFile(), QSettings::IniFormat) {}

    Status readable() const {
        const QFileInfo info(settingsFile());
        if (!info.exists()) return {};
        if (m_file.status() == QSettings::NoError && info.isReadable()) return {};
        return Error{ErrorCode::kPrecondition,
                     "cannot read the settings file " + settingsFile().toStdString()};
    }
    Given get(const QString& name) const {
        if (m_parser.isSet(name)) return {m_parser.value(name), QStringLiteral("--") + name};
        const QString variable = variableOf(name);
        const QString text = qEnvironmentVariable(variable.toLatin1().constData());
        if (!text.isEmpty()) return {text, variable};
        // A comma makes a list of an INI value.
        return {m_file.value(name).toStringList().join(QLatin1Char(',')),
                name + QStringLiteral(" in ") + settingsFile()};
    }
    /// Who fixed it for this run; empty: nobody, or the file, which may change.
    std::string fixedBy(const QString& name) const {
        if (m_parser.isSet(name)) return "--" + name.toStdString();
        const QString variable = variableOf(name);
        return qEnvironmentVariableIsEmpty(variable.toLatin1().constData())
                   ? std::string()
                   : variable.toStdString();
    }
    /// A path given on the command line or in the environment is as the shell means it.
    std::string path(const QString& name) const {
        const Given given = get(name);
        return given.set() ? QDir().absoluteFilePath(given.text).toStdString() : std::string();
    }

private:
    static QString variableOf(const QString& name) {
        return QStringLiteral("HASHIRA_") +
               name.toUpper().replace(QLatin1Char('-'), QLatin1Char('_'));
    }

    const QCommandLineParser& m_parser;
    const QSettings m_file;
};

/// Nothing where it is not given.
Result<double> number(const Given& given, double least, double most, bool whole) {
    if (!given.set()) return 0.0;
    bool good = false;
    const double value = given.text.toDouble(&good);
    if (good && value >= least && value <= most && (!whole || value == std::floor(value)))
        return value;
    return invalid(given.source.toStdString() + " must be a " + (whole ? "whole " : "") +
                   "number from " + QString::number(least).toStdString() + " to " +
                   QString::number(most, 'f', 0).toStdString() + ", not \"" +
                   given.text.toStdString() + "\"");
}

Result<bool> onOrOff(const Given& given, bool otherwise) {
    if (!given.set()) return otherwise;
    for (const char* on : {"on", "true", "yes", "1"})
        if (given.text == QLatin1String(on)) return true;
    for (const char* off : {"off", "false", "no", "0"})
        if (given.text == QLatin1String(off)) return false;
    return invalid(given.source.toStdString() + " must be on or off, not \"" +
                   given.text.toStdString() + "\"");
}

/// What can travel in gRPC's metadata.
Result<std::string> checkToken(const QByteArray& text, const std::string& source) {
    const QByteArray token = text.trimmed();
    if (token.isEmpty()) return Error{ErrorCode::kPrecondition, source + " is empty"};
    if (text.size() > kTokenBytes)
        return Error{ErrorCode::kPrecondition, source + " must hold one token and nothing else"};
    for (const char c : token)
        if (c <= ' ' || c > '~')
            return Error{ErrorCode::kPrecondition,
                         source + " must hold one token and nothing else"};
    return token.toStdString();
}

/// Nothing where none is given.
Result<std::string> readToken(const Values& values) {
    // The nearer one wins: --token-file over HASHIRA_TOKEN over the other ways to name a file.
    const Given file = values.get(QStringLiteral("token-file"));
    const QByteArray direct = qgetenv("HASHIRA_TOKEN");
    if (!direct.isEmpty() && !file.source.startsWith(QLatin1String("--")))
        return checkToken(direct, "HASHIRA_TOKEN");
    if (!file.set()) return std::string();
    const std::string source = "the token file " + file.text.toStdString();
    QFile opened(file.text);
    if (!opened.open(QIODevice::ReadOnly))
        return Error{ErrorCode::kPrecondition,
                     "cannot read " + source + ": " + opened.errorString().toStdString()};
    // More than a token is none, whatever the file is.
    return checkToken(opened.read(kTokenBytes + 1), source);
}

Status readDatastore(const Values& values, hashira::daemon::Settings& settings) {
    settings.datastore = values.get(QStringLiteral("datastore")).text.toStdString();
    settings.caFile = values.path(QStringLiteral("datastore-ca"));
    if (settings.datastore.empty()) return {};
    if (const auto url = hashira::remote::DatastoreUrl::parse(settings.datastore); !url)
        return url.error();
    auto token = readToken(values);
    if (!token) return token.error();
    settings.token = std::move(*token);
    if (settings.token.empty())
        return invalid(
            "a datastore needs a token: give --token-file FILE, or HASHIRA_TOKEN (the datastore's "
            "operator makes one with \"hashira-datastored token new NAME\"); or start hashirad "
            "without a datastore and sign in with \"hashira login URL\"");
    if (!settings.caFile.empty() &&
        !QFileInfo(QString::fromStdString(settings.caFile)).isReadable())
        return Error{ErrorCode::kPrecondition,
                     "cannot read the CA's certificate " + settings.caFile};
    return {};
}

Status readSettings(const Values& values, hashira::daemon::Settings& settings) {
    if (Status readable = values.readable(); !readable) return readable;
    settings.version = HASHIRA_VERSION;
    settings.dataDir = values.path(QStringLiteral("data-dir"));
    if (settings.dataDir.empty() && !hasHome())
        return Error{ErrorCode::kPrecondition,
                     "HOME is not set, so there is no default place for the tasks: give --data-dir "
                     "DIR"};
    if (settings.dataDir.empty())
        settings.dataDir =
            QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation).toStdString() +
            "/hashira";
    settings.listen = values.get(QStringLiteral("listen")).text.toStdString();
    if (settings.listen.empty()) settings.listen = defaultListen(settings.dataDir);
    if (const auto endpoint = hashira::rpc::Endpoint::parse(settings.listen); !endpoint)
        return endpoint.error();
    const auto heeds = onOrOff(values.get(QStringLiteral("network")), true);
    if (!heeds) return heeds.error();
    settings.looksAtNetwork = *heeds;
    return readDatastore(values, settings);
}

Status readWishes(const Values& values, Options& options) {
    const QString weeksKept = QStringLiteral("weeks-kept");
    const QString interval = QStringLiteral("sync-interval");
    const QString notifications = QStringLiteral("notifications");
    const auto weeks = number(values.get(weeksKept), 1, hashira::limits::kWeekOffset, true);
    if (!weeks) return weeks.error();
    const auto seconds = number(values.get(interval), kSyncIntervalLeast, kSyncIntervalMost, false);
    if (!seconds) return seconds.error();
    const auto notify = onOrOff(values.get(notifications), true);
    if (!notify) return notify.error();
    constexpr double kDefaultSeconds = hashira::limits::kSyncIntervalMs / 1'000.0;
    options.wishes = {*weeks > 0 ? static_cast<int>(*weeks) : hashira::limits::kWeeksKeptDefault,
                      *seconds > 0 ? *seconds : kDefaultSeconds, *notify};
    options.fixed = {values.fixedBy(weeksKept), values.fixedBy(interval),
                     values.fixedBy(notifications)};
    options.settings.weeksKept = options.wishes.weeksKept;
    options.settings.syncIntervalMs = std::llround(options.wishes.syncSeconds * 1000);
    return {};
}

QStringList optionsAgain(const QCommandLineParser& parser) {
    QStringList again;
    for (const Setting& setting : kSettings) {
        const QString name = QLatin1String(setting.name);
        if (!parser.isSet(name)) continue;
        const QString value = parser.value(name);
        again << QStringLiteral("--") + name
              << (setting.path ? QDir().absoluteFilePath(value) : value);
    }
    return again;
}

}  // namespace

Result<Options> readOptions(const QStringList& arguments) {
    QCommandLineParser parser;
    addOptions(parser);
    if (!parser.parse(arguments)) return invalid(parser.errorText().toStdString());
    Options options;
    options.help = parser.isSet(QStringLiteral("help"));
    options.version = parser.isSet(QStringLiteral("version"));
    if (options.help || options.version) return options;
    if (const QStringList more = parser.positionalArguments(); !more.isEmpty())
        return invalid("there is nothing that \"" + more.first().toStdString() +
                       "\" could mean: hashirad takes options only");
    for (const Setting& setting : kSettings) {
        const QString name = QLatin1String(setting.name);
        if (parser.isSet(name) && parser.value(name).isEmpty())
            return invalid("--" + name.toStdString() + " needs a value");
    }
    options.headless = parser.isSet(QStringLiteral("headless"));
    const Values values(parser);
    if (Status read = readSettings(values, options.settings); !read) return read.error();
    if (Status read = readWishes(values, options); !read) return read.error();
    options.again = optionsAgain(parser);
    return options;
}

QString helpText() {
    QCommandLineParser parser;
    addOptions(parser);
    return parser.helpText() +
           QStringLiteral(
               "\nEach option but --headless can be given as HASHIRA_DATA_DIR, HASHIRA_LISTEN and "
               "so on in the environment, or as data-dir=DIR and so on in %1.\n"
               "The endpoint is $XDG_RUNTIME_DIR/hashira/daemon.sock, else "
               "DIR/run/daemon.sock, unless --listen says another.\n"
               "SIGTERM and SIGINT end it in order. Exit codes: 0 done, 1 failed, 2 wrong usage.\n")
               .arg(settingsFile());
}

}  // namespace hashirad
