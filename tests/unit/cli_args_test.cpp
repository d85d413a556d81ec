// SPDX-License-Identifier: MIT
#include "args.h"
#include "completion.h"
#include "context.h"

#include <QProcess>
#include <QStandardPaths>
#include <QTest>

using namespace hashira::cli;

class CliArgsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void optionsMayStandAnywhere();
    void noVerbIsList();
    void doubleDashEndsOptions();
    void wrongUsageIsTold_data();
    void wrongUsageIsTold();
    void completionScriptsNameEveryVerb();
    void bashAcceptsItsScript();
};

void CliArgsTest::optionsMayStandAnywhere() {
    const std::vector<std::vector<std::string>> lines = {
        {"add", "Buy milk", "--place", "todo", "--label", "a", "--label=b", "--json"},
        {"--json", "add", "--place=todo", "--label", "a", "Buy milk", "--label", "b"},
    };
    for (const auto& line : lines) {
        const Parsed parsed = parseArguments(line, allVerbs());
        QCOMPARE(parsed.problem, std::string());
        QCOMPARE(parsed.invocation.verb->name, std::string_view("add"));
        QCOMPARE(parsed.invocation.arguments, std::vector<std::string>{"Buy milk"});
        QCOMPARE(*parsed.invocation.value("place"), std::string("todo"));
        QCOMPARE(parsed.invocation.values("label"), (std::vector<std::string>{"a", "b"}));
        QVERIFY(parsed.invocation.has("json"));
    }
}

void CliArgsTest::noVerbIsList() {
    const Parsed parsed = parseArguments({"--weeks", "3", "--json"}, allVerbs());
    QCOMPARE(parsed.problem, std::string());
    QCOMPARE(parsed.invocation.verb->name, std::string_view("list"));
    QCOMPARE(*parsed.invocation.value("weeks"), std::string("3"));
}

void CliArgsTest::doubleDashEndsOptions() {
    const Parsed parsed = parseArguments({"add", "--", "--place"}, allVerbs());
    QCOMPARE(parsed.problem, std::string());
    QCOMPARE(parsed.invocation.arguments, std::vector<std::string>{"--place"});
    // A lone dash is an argument: the standard input.
    QCOMPARE(parseArguments({"import", "-"}, allVerbs()).invocation.arguments,
             std::vector<std::string>{"-"});
}

void CliArgsTest::wrongUsageIsTold_data() {
    QTest::addColumn<QStringList>("line");
    QTest::addColumn<QString>("words");
    const auto row = [](const char* name, const QStringList& line, const char* words) {
        QTest::newRow(name) << line << QString::fromLatin1(words);
    };
    const auto s = [](const char* text) { return QString::fromLatin1(text); };
    row("verb", {s("dnoe")}, "did you mean \"done\"?");
    row("far verb", {s("frobnicate")}, "unknown verb \"frobnicate\"; \"hashira help\" lists them");
    row("option", {s("list"), s("--plce"), s("x")}, "did you mean --place?");
    row("single dash", {s("add"), s("-x")}, "goes after --");
    row("no value", {s("add"), s("x"), s("--due")}, "--due needs a value");
    row("value of a flag", {s("list"), s("--all=1")}, "--all takes no value");
    row("too few", {s("show")}, "ID is missing");
    row("too many", {s("show"), s("1"), s("2")}, "too many arguments for show");
    row("none wanted", {s("status"), s("1")}, "status takes no argument");
    row("option of another verb", {s("show"), s("1"), s("--top")}, "unknown option --top");
}

void CliArgsTest::wrongUsageIsTold() {
    QFETCH(QStringList, line);
    QFETCH(QString, words);
    std::vector<std::string> args;
    for (const QString& word : line) args.push_back(word.toStdString());
    const QString problem = QString::fromStdString(parseArguments(args, allVerbs()).problem);
    QVERIFY2(problem.contains(words), qPrintable(problem));
}

void CliArgsTest::completionScriptsNameEveryVerb() {
    for (const char* shell : {"bash", "zsh", "fish"}) {
        const std::string script = completionScript(shell, allVerbs());
        for (const VerbSpec& verb : allVerbs()) {
            QVERIFY2(script.find(verb.name) != std::string::npos, verb.name.data());
            for (const OptionSpec& option : verb.options)
                QVERIFY2(script.find(option.name) != std::string::npos, option.name.data());
        }
    }
    QVERIFY(completionScript("tcsh", allVerbs()).empty());
}

void CliArgsTest::bashAcceptsItsScript() {
    const QString bash = QStandardPaths::findExecutable(QStringLiteral("bash"));
    if (bash.isEmpty()) QSKIP("there is no bash here");
    // Completes "hashira sta", "hashira add --pl" and "hashira add --place t" and prints what is
    // offered.
    const QString script =
        QString::fromStdString(completionScript("bash", allVerbs())) +
        QStringLiteral(
            "\ntry() { COMP_WORDS=(\"$@\"); COMP_CWORD=$(($#-1)); COMPREPLY=(); _hashira;"
            " echo \"${COMPREPLY[*]}\"; }\n"
            "try hashira sta\ntry hashira add --pl\ntry hashira add --place t\n");
    QProcess process;
    process.start(bash, {QStringLiteral("--norc"), QStringLiteral("-c"), script});
    QVERIFY(process.waitForFinished(10'000));
    QCOMPARE(process.readAllStandardError(), QByteArray());
    QCOMPARE(process.readAllStandardOutput(), QByteArray("start status\n--place\ntodo\n"));
}

QTEST_GUILESS_MAIN(CliArgsTest)
#include "cli_args_test.moc"
