// SPDX-License-Identifier: MIT
#include "completion.h"

namespace hashira::cli {
namespace {

/// The words that the shell offers; empty: files or nothing.
std::string wordsOf(Hint hint, const std::vector<VerbSpec>& verbs) {
    switch (hint) {
        case Hint::kPlace: return "backlog todo doing done";
        case Hint::kLevel: return "durable applied visible";
        case Hint::kColor: return "auto always never";
        case Hint::kFormat: return "jsonl todotxt";
        case Hint::kShell: return "bash zsh fish";
        case Hint::kRejected: return "list retry discard";
        case Hint::kVerb: {
            std::string words;
            for (const VerbSpec& verb : verbs)
                words += (words.empty() ? "" : " ") + std::string(verb.name);
            return words;
        }
        case Hint::kNone:
        case Hint::kFile:
        case Hint::kTask: return {};
    }
    return {};
}

std::vector<OptionSpec> optionsOf(const VerbSpec& verb) {
    std::vector<OptionSpec> all = verb.options;
    all.insert(all.end(), commonOptions().begin(), commonOptions().end());
    return all;
}

std::string optionWords(const VerbSpec& verb) {
    std::string words;
    for (const OptionSpec& option : optionsOf(verb))
        words += (words.empty() ? "--" : " --") + std::string(option.name);
    return words;
}

/// In single quotes, for all three shells.
std::string quotedWord(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'')
            out += "'\\''";
        else
            out += c;
    }
    return out + "'";
}

// Ids are completed from the daemon; without one the list is empty at once.
constexpr char kIds[] = "hashira list --all --color never 2>/dev/null </dev/null";

std::string bashValue(Hint hint, const std::vector<VerbSpec>& verbs) {
    if (hint == Hint::kFile) return "COMPREPLY=($(compgen -f -- \"$cur\"))";
    if (hint == Hint::kTask)
        return std::string("COMPREPLY=($(compgen -W \"$(") + kIds +
               " | cut -d' ' -f1)\" -- \"$cur\"))";
    const std::string words = wordsOf(hint, verbs);
    return words.empty() ? "COMPREPLY=()"
                         : "COMPREPLY=($(compgen -W " + quotedWord(words) + " -- \"$cur\"))";
}

/// One case of the value of each option that has one.
std::string bashOptionValues(const std::vector<VerbSpec>& verbs) {
    std::string out;
    std::string seen = " ";
    for (const VerbSpec& verb : verbs)
        for (const OptionSpec& option : optionsOf(verb)) {
            const std::string name(option.name);
            if (option.value.empty() || seen.find(" " + name + " ") != std::string::npos) continue;
            seen += name + " ";
            out += "        --" + name + ") " + bashValue(option.hint, verbs) + "; return;;\n";
        }
    return out;
}

std::string bashScript(const std::vector<VerbSpec>& verbs) {
    const std::string all = wordsOf(Hint::kVerb, verbs);
    std::string out =
        "# bash completion of hashira; made by \"hashira completion bash\"\n"
        "_hashira() {\n"
        "    local cur=\"${COMP_WORDS[COMP_CWORD]}\" prev=\"${COMP_WORDS[COMP_CWORD-1]}\" "
        "verb=\"\" word\n"
        "    case \"$prev\" in\n" +
        bashOptionValues(verbs) +
        "    esac\n"
        "    for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
        "        case \" " +
        all +
        " \" in *\" $word \"*) verb=\"$word\"; break;; esac\n"
        "    done\n"
        "    case \"$verb\" in\n";
    for (const VerbSpec& verb : verbs)
        out += "        " + std::string(verb.name) +
               ") if [[ \"$cur\" == -* ]]; then COMPREPLY=($(compgen -W " +
               quotedWord(optionWords(verb)) + " -- \"$cur\")); else " +
               bashValue(verb.hint, verbs) + "; fi;;\n";
    std::string none;
    for (const VerbSpec& verb : verbs)
        if (verb.name == "list") none = optionWords(verb);
    return out + "        *) COMPREPLY=($(compgen -W " + quotedWord(all + " " + none) +
           " -- \"$cur\"));;\n"
           "    esac\n"
           "}\n"
           "complete -F _hashira hashira\n";
}

/// The action of zsh's _arguments for a value.
std::string zshAction(Hint hint, const std::vector<VerbSpec>& verbs) {
    if (hint == Hint::kFile) return "_files";
    if (hint == Hint::kTask) return "_hashira_ids";
    const std::string words = wordsOf(hint, verbs);
    return words.empty() ? " " : "(" + words + ")";
}

/// Text inside a zsh argument specification, where brackets and colons mean something.
std::string zshText(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

std::string zshScript(const std::vector<VerbSpec>& verbs) {
    std::string out =
        "#compdef hashira\n"
        "# zsh completion of hashira; made by \"hashira completion zsh\"\n"
        "_hashira_ids() {\n"
        "    local -a ids\n"
        "    ids=(${(f)\"$(" +
        std::string(kIds) +
        " | awk '{print $1}')\"})\n"
        "    compadd -a ids\n"
        "}\n"
        "_hashira() {\n"
        "    local -a verbs\n"
        "    verbs=(\n";
    for (const VerbSpec& verb : verbs)
        out += "        " + quotedWord(std::string(verb.name) + ":" + zshText(verb.summary)) + "\n";
    out +=
        "    )\n"
        "    if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then\n"
        "        _describe verb verbs\n"
        "        return\n"
        "    fi\n"
        "    case $words[2] in\n";
    for (const VerbSpec& verb : verbs) {
        out += "        " + std::string(verb.name) + ") _arguments";
        for (const OptionSpec& option : optionsOf(verb)) {
            std::string spec = "*--" + std::string(option.name) + "[" + zshText(option.help) + "]";
            if (!option.value.empty())
                spec += ":" + zshText(option.value) + ":" + zshAction(option.hint, verbs);
            out += " \\\n            " + quotedWord(spec);
        }
        out +=
            " \\\n            " + quotedWord("*:argument:" + zshAction(verb.hint, verbs)) + ";;\n";
    }
    return out +
           "    esac\n"
           "}\n"
           "if [ \"$funcstack[1]\" = _hashira ]; then _hashira \"$@\"; else compdef _hashira "
           "hashira; fi\n";
}

std::string fishValue(Hint hint, const std::vector<VerbSpec>& verbs) {
    if (hint == Hint::kFile) return " -r -F";
    if (hint == Hint::kTask)
        return std::string(" -x -a \"(") + kIds + " | string replace -r ' .*' '')\"";
    const std::string words = wordsOf(hint, verbs);
    return words.empty() ? " -x" : " -x -a " + quotedWord(words);
}

/// In single quotes as fish reads them.
std::string fishText(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "'";
}

std::string fishScript(const std::vector<VerbSpec>& verbs) {
    std::string out =
        "# fish completion of hashira; made by \"hashira completion fish\"\n"
        "complete -c hashira -f\n";
    for (const VerbSpec& verb : verbs)
        out += "complete -c hashira -n __fish_use_subcommand -a " + std::string(verb.name) +
               " -d " + fishText(verb.summary) + "\n";
    for (const VerbSpec& verb : verbs) {
        const std::string when =
            "complete -c hashira -n '__fish_seen_subcommand_from " + std::string(verb.name) + "'";
        for (const OptionSpec& option : verb.options)
            out += when + " -l " + std::string(option.name) +
                   (option.value.empty() ? "" : fishValue(option.hint, verbs)) + " -d " +
                   fishText(option.help) + "\n";
        if (verb.hint != Hint::kNone) out += when + fishValue(verb.hint, verbs) + "\n";
    }
    for (const OptionSpec& option : commonOptions())
        out += "complete -c hashira -l " + std::string(option.name) +
               (option.value.empty() ? "" : fishValue(option.hint, verbs)) + " -d " +
               fishText(option.help) + "\n";
    return out;
}

}  // namespace

std::string completionScript(const std::string& shell, const std::vector<VerbSpec>& verbs) {
    if (shell == "bash") return bashScript(verbs);
    if (shell == "zsh") return zshScript(verbs);
    if (shell == "fish") return fishScript(verbs);
    return {};
}

}  // namespace hashira::cli
