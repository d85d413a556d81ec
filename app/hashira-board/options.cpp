// SPDX-License-Identifier: MIT
#include "options.h"

#include <QCommandLineParser>

namespace hashira::board {
namespace {

constexpr char kSocket[] = "socket";
constexpr char kTokenFile[] = "local-token-file";
constexpr char kRejected[] = "rejected";

void addOptions(QCommandLineParser& parser) {
    parser.setApplicationDescription(
        QStringLiteral("The board of Hashira: the tasks of the day in four columns. Starts the "
                       "daemon where none runs."));
    parser.addOption({QLatin1String(kSocket),
                      QStringLiteral("The daemon to talk to: unix:PATH or tcp:127.0.0.1:PORT (or "
                                     "HASHIRA_SOCKET)."),
                      QStringLiteral("ENDPOINT")});
    parser.addOption(
        {QLatin1String(kTokenFile),
         QStringLiteral("The daemon's local token, for tcp (or HASHIRA_LOCAL_TOKEN_FILE)."),
         QStringLiteral("FILE")});
    parser.addOption(
        {QLatin1String(kRejected), QStringLiteral("Opens the list of refused changes.")});
    parser.addOption(
        {{QStringLiteral("h"), QStringLiteral("help")}, QStringLiteral("Says this and exits.")});
    parser.addOption({{QStringLiteral("v"), QStringLiteral("version")},
                      QStringLiteral("Says the version and exits.")});
}

std::string variable(const char* name) {
    return qEnvironmentVariable(name).toStdString();
}

/// The runtime directory, else a directory for what is noted: both are the user's own.
QString meetingDirectory() {
    const std::string runtime = variable("XDG_RUNTIME_DIR");
    return QString::fromStdString(runtime.empty() ? frontend::stateDirectory(variable)
                                                  : runtime + "/hashira");
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
                       "\" could mean: hashira-board takes options only");
    for (const char* name : {kSocket, kTokenFile})
        if (parser.isSet(QLatin1String(name)) && parser.value(QLatin1String(name)).isEmpty())
            return invalid("--" + std::string(name) + " needs a value");
    options.rejected = parser.isSet(QLatin1String(kRejected));
    const std::string socket = parser.value(QLatin1String(kSocket)).toStdString();
    const frontend::EndpointOptions given{socket,
                                          parser.value(QLatin1String(kTokenFile)).toStdString()};
    options.endpoint = frontend::resolveEndpoint(given, variable);
    if (!frontend::isEndpoint(options.endpoint.address))
        return invalid("\"" + options.endpoint.address +
                       "\" is no endpoint: unix:PATH or tcp:127.0.0.1:PORT");
    if (!socket.empty() || !variable("HASHIRA_SOCKET").empty())
        options.listen = QString::fromStdString(options.endpoint.address);
    options.directory = meetingDirectory();
    options.noted = QString::fromStdString(frontend::stateDirectory(variable) + "/board.ini");
    return options;
}

QString helpText() {
    QCommandLineParser parser;
    addOptions(parser);
    return parser.helpText() +
           QStringLiteral(
               "\nA second board for the same daemon brings up the first one's window.\n"
               "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 no daemon to talk to.\n");
}

}  // namespace hashira::board
