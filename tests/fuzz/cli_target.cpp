// SPDX-License-Identifier: MIT
//
// Input: a byte that says what of the CLI reads it, then the text.
#include "args.h"
#include "fuzz/fuzz.h"
#include "import_lines.h"
#include "names.h"
#include "text.h"
#include "verbs.h"

#include "model/command.h"
#include "model/moment.h"

namespace hashira::fuzz {
namespace {

using namespace cli;

constexpr int kOffset = 60;
constexpr std::int64_t kNowMs = 1'795'000'000'000;

/// Nothing that moves a cursor, turns the writing direction, or is no text.
void checkPrintable(std::string_view text, bool lines) {
    require(isUtf8(text), "what is shown is UTF-8");
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const bool kept = lines && (byte == '\n' || byte == '\t');
        require((byte >= 0x20 && byte != 0x7F) || kept, "no control character is shown");
        require(byte != 0xC2 || static_cast<unsigned char>(text[i + 1]) >= 0xA0, "nor one of C1");
    }
    for (const char* turning : {"\u202E", "\u2066", "\u2069", "\u2028", "\u200F"})
        require(text.find(turning) == std::string_view::npos,
                "no text turns the writing direction");
}

void checkText(std::string_view text) {
    const std::string shown = escaped(text);
    checkPrintable(shown, false);
    checkPrintable(escaped(text, true), true);
    require(escaped(shown) == shown, "escaped text stays");
    for (const int width : {0, 1, 7, 20}) {
        require(displayWidth(fitted(shown, width)) <= width, "text is fitted");
        checkPrintable(fitted(shown, width), false);
    }
    for (const std::string& line : wrapped(shown, 12, 3)) checkPrintable(line, false);
}

void checkDate(std::string_view text) {
    const Now now{dayOf(kNowMs, kOffset), kNowMs, kOffset};
    const auto date = parseDate(text, now);
    if (!date) return require(!date.error().message.empty(), "a refusal says why");
    require(parseDay(*date) || Moment::parse(*date), "an understood date is RFC 3339");
    checkPrintable(sayDue(*date, now), false);
    (void)isOverdue(*date, now);
    checkPrintable(sayRelative(*date, now), false);
}

void checkImport(std::string_view text, ImportFormat format) {
    LineReader reader(format, kOffset);
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        auto task = reader.read(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (!task || !*task) continue;
        (void)newestDay(**task);
        shiftDays(**task, std::chrono::days(300));
        Fields fields;
        for (const auto& [name, value] : (*task)->fields) fields.push_back({name, value});
        const std::string payload = makePayload((*task)->id, fields);
        require(isUtf8(payload), "an imported task can be sent");
        require(effectOf(What::kNew, payload).ok(), "an imported task is taken, also when shifted");
    }
}

void checkArguments(std::string_view text) {
    std::vector<std::string> args;
    while (!text.empty() && args.size() < 20) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        args.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    const Parsed parsed = parseArguments(args, allVerbs());
    require(parsed.invocation.verb != nullptr || !parsed.problem.empty(), "a verb or a problem");
}

}  // namespace
}  // namespace hashira::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hashira;
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (data[0] % 5) {
        case 0: fuzz::checkText(text); break;
        case 1: fuzz::checkDate(text); break;
        case 2: fuzz::checkImport(text, cli::ImportFormat::kJsonLines); break;
        case 3: fuzz::checkImport(text, cli::ImportFormat::kTodoTxt); break;
        default: fuzz::checkArguments(text);
    }
    return 0;
}
