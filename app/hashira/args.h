// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hashira::cli {

struct Context;

/// What the shell can complete at that place.
enum class Hint { kNone, kPlace, kLevel, kFile, kTask, kColor, kFormat, kShell, kVerb, kRejected };

struct OptionSpec {
    std::string_view name;   ///< without the dashes
    std::string_view value;  ///< how help names the value; empty: a flag
    std::string_view help;
    Hint hint = Hint::kNone;
};

/// One verb: parsing, help and completion are all made from this.
struct VerbSpec {
    std::string_view name;
    std::string_view arguments;  ///< as the usage line shows them
    std::string_view summary;
    int least = 0;  ///< arguments
    int most = 0;   ///< -1: any number
    Hint hint = Hint::kNone;
    std::vector<OptionSpec> options;
    int (*run)(Context&) = nullptr;
    std::string_view details = {};  ///< more help, whole lines
};

/// A command line that was understood.
class Invocation {
public:
    const VerbSpec* verb = nullptr;
    std::vector<std::string> arguments;

    bool has(std::string_view option) const { return m_options.count(std::string(option)) != 0; }
    /// The last one given.
    std::optional<std::string> value(std::string_view option) const;
    std::vector<std::string> values(std::string_view option) const;
    void set(std::string_view option, std::string value);

private:
    std::map<std::string, std::vector<std::string>> m_options;
};

/// Options that every verb takes.
const std::vector<OptionSpec>& commonOptions();

struct Parsed {
    Invocation invocation;
    std::string
        problem;  ///< not empty: wrong usage; invocation.verb is then the verb as far as known
};

/// Options may stand before and after the verb and its arguments; "--" ends them. No verb: `list`.
Parsed parseArguments(const std::vector<std::string>& args, const std::vector<VerbSpec>& verbs);

/// The name that `word` was probably meant to be; empty where nothing is near.
std::string nearest(std::string_view word, const std::vector<std::string_view>& names);

std::string usageLine(const VerbSpec& verb);
std::string verbHelp(const VerbSpec& verb);
std::string generalHelp(const std::vector<VerbSpec>& verbs);

}  // namespace hashira::cli
