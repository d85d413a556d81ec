// SPDX-License-Identifier: MIT
#include "args.h"

#include <algorithm>
#include <numeric>

namespace hashira::cli {
namespace {

const VerbSpec* findVerb(const std::vector<VerbSpec>& verbs, std::string_view name) {
    for (const VerbSpec& verb : verbs)
        if (verb.name == name) return &verb;
    return nullptr;
}

const OptionSpec* findOption(const VerbSpec* verb, std::string_view name) {
    if (verb != nullptr)
        for (const OptionSpec& option : verb->options)
            if (option.name == name) return &option;
    for (const OptionSpec& option : commonOptions())
        if (option.name == name) return &option;
    return nullptr;
}

/// An option's name without dashes and "=VALUE"; -h and -V are the only short ones.
std::string_view optionName(std::string_view token) {
    if (token == "-h") return "help";
    if (token == "-V") return "version";
    if (token.substr(0, 2) == "--") token.remove_prefix(2);
    return token.substr(0, token.find('='));
}

bool isOption(std::string_view token) {
    return token.size() > 1 && token.front() == '-';
}

/// Where the verb stands; the number of tokens where there is none.
std::size_t verbPosition(const std::vector<std::string>& args, const VerbSpec* fallback) {
    for (std::size_t i = 0; i < args.size(); ++i) {
        if (args[i] == "--") break;
        if (!isOption(args[i])) return i;
        const OptionSpec* option = findOption(fallback, optionName(args[i]));
        const bool inlineValue = args[i].find('=') != std::string::npos;
        if (option != nullptr && !option->value.empty() && !inlineValue) ++i;
    }
    return args.size();
}

std::string unknownOption(const VerbSpec& verb, const std::string& token) {
    std::vector<std::string_view> names;
    for (const OptionSpec& option : verb.options) names.push_back(option.name);
    for (const OptionSpec& option : commonOptions()) names.push_back(option.name);
    const std::string near = nearest(optionName(token), names);
    std::string problem = "unknown option " + token;
    if (!near.empty())
        problem += "; did you mean --" + near + "?";
    else
        problem += " (an argument that begins with a dash goes after --)";
    return problem;
}

std::string checkCount(const VerbSpec& verb, std::size_t count) {
    if (static_cast<int>(count) < verb.least) {
        std::string expected(verb.arguments.substr(0, verb.arguments.find(' ')));
        if (expected.size() > 3 && expected.substr(expected.size() - 3) == "...")
            expected.resize(expected.size() - 3);
        return expected + " is missing";
    }
    if (verb.most >= 0 && static_cast<int>(count) > verb.most)
        return verb.most == 0 ? std::string(verb.name) + " takes no argument"
                              : "too many arguments for " + std::string(verb.name);
    return {};
}

std::string optionColumn(const OptionSpec& option) {
    std::string text = "  --" + std::string(option.name);
    if (!option.value.empty()) text += " " + std::string(option.value);
    text.resize(std::max<std::size_t>(text.size() + 2, 28), ' ');
    return text + std::string(option.help) + "\n";
}

std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            row[j] =
                std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
            diagonal = above;
        }
    }
    return row[b.size()];
}

}  // namespace

std::optional<std::string> Invocation::value(std::string_view option) const {
    const auto found = m_options.find(std::string(option));
    if (found == m_options.end()) return {};
    return found->second.back();
}

std::vector<std::string> Invocation::values(std::string_view option) const {
    const auto found = m_options.find(std::string(option));
    return found == m_options.end() ? std::vector<std::string>() : found->second;
}

void Invocation::set(std::string_view option, std::string value) {
    m_options[std::string(option)].push_back(std::move(value));
}

const std::vector<OptionSpec>& commonOptions() {
    static const std::vector<OptionSpec> kOptions = {
        {"json", "", "print exactly one JSON text (watch: one a line)"},
        {"socket", "ENDPOINT", "the daemon's endpoint: unix:PATH or tcp:127.0.0.1:PORT",
         Hint::kFile},
        {"local-token-file", "FILE", "the token for a tcp endpoint", Hint::kFile},
        {"color", "WHEN", "auto, always or never", Hint::kColor},
        {"help", "", "this help"},
        {"version", "", "the version of this program"},
    };
    return kOptions;
}

Parsed parseArguments(const std::vector<std::string>& args, const std::vector<VerbSpec>& verbs) {
    Parsed parsed;
    Invocation& call = parsed.invocation;
    const VerbSpec* list = findVerb(verbs, "list");
    const std::size_t at = verbPosition(args, list);
    call.verb = at == args.size() ? list : findVerb(verbs, args[at]);
    if (call.verb == nullptr) {
        std::vector<std::string_view> names;
        for (const VerbSpec& verb : verbs) names.push_back(verb.name);
        const std::string near = nearest(args[at], names);
        parsed.problem = "unknown verb \"" + args[at] + "\"";
        parsed.problem +=
            near.empty() ? "; \"hashira help\" lists them" : "; did you mean \"" + near + "\"?";
        return parsed;
    }
    bool options = true;
    for (std::size_t i = 0; i < args.size(); ++i) {
        if (i == at) continue;
        const std::string& token = args[i];
        if (options && token == "--") {
            options = false;
            continue;
        }
        if (!options || !isOption(token)) {
            call.arguments.push_back(token);
            continue;
        }
        const OptionSpec* option = findOption(call.verb, optionName(token));
        if (option == nullptr || (token[1] != '-' && token != "-h" && token != "-V")) {
            parsed.problem = unknownOption(*call.verb, token);
            return parsed;
        }
        const std::size_t equals = token.find('=');
        if (option->value.empty()) {
            if (equals != std::string::npos) {
                parsed.problem = "--" + std::string(option->name) + " takes no value";
                return parsed;
            }
            call.set(option->name, "");
        } else if (equals != std::string::npos) {
            call.set(option->name, token.substr(equals + 1));
        } else if (i + 1 < args.size() && i + 1 != at) {
            call.set(option->name, args[++i]);
        } else {
            parsed.problem = token + " needs a value: " + std::string(option->value);
            return parsed;
        }
    }
    if (!call.has("help") && !call.has("version"))
        parsed.problem = checkCount(*call.verb, call.arguments.size());
    return parsed;
}

std::string nearest(std::string_view word, const std::vector<std::string_view>& names) {
    std::string_view best;
    std::size_t least = word.size() <= 3 ? 2 : 3;
    for (const std::string_view name : names) {
        const std::size_t d = distance(word, name);
        if (d < least && d < name.size()) {
            least = d;
            best = name;
        }
    }
    return std::string(best);
}

std::string usageLine(const VerbSpec& verb) {
    std::string text = "hashira " + std::string(verb.name);
    if (!verb.arguments.empty()) text += " " + std::string(verb.arguments);
    for (const OptionSpec& option : verb.options) {
        text += " [--" + std::string(option.name);
        if (!option.value.empty()) text += " " + std::string(option.value);
        text += "]";
    }
    return text;
}

std::string verbHelp(const VerbSpec& verb) {
    std::string text = "usage: " + usageLine(verb) + "\n\n" + std::string(verb.summary) + "\n";
    if (!verb.details.empty()) text += "\n" + std::string(verb.details) + "\n";
    if (!verb.options.empty()) text += "\noptions:\n";
    for (const OptionSpec& option : verb.options) text += optionColumn(option);
    text += "\noptions of every verb:\n";
    for (const OptionSpec& option : commonOptions()) text += optionColumn(option);
    return text;
}

std::string generalHelp(const std::vector<VerbSpec>& verbs) {
    std::string text =
        "usage: hashira [VERB] [ARGUMENTS] [OPTIONS]\n\n"
        "The tasks of the day on a kanban of four places: backlog, todo, doing, done.\n"
        "Without a verb the board of this week is shown.\n\nverbs:\n";
    for (const VerbSpec& verb : verbs) {
        std::string column = "  " + std::string(verb.name);
        column.resize(14, ' ');
        text += column + std::string(verb.summary) + "\n";
    }
    text += "\noptions of every verb:\n";
    for (const OptionSpec& option : commonOptions()) text += optionColumn(option);
    text +=
        "\nA task is named by any unambiguous beginning or end of its id.\n"
        "\"hashira help VERB\" tells more of one verb.\n";
    return text;
}

}  // namespace hashira::cli
