// SPDX-License-Identifier: MIT
//
// Input: what of the first command, its payload as a part, what of the second, its payload.
#include "base/limits.h"
#include "fuzz/fuzz.h"
#include "model/command.h"
#include "model/document.h"
#include "model/json.h"
#include "model/moment.h"

#include <algorithm>

namespace hashira::fuzz {
namespace {

constexpr char kId[] = "0193a5b0-0000-7000-8000-000000000001";

std::size_t codePoints(std::string_view text) {
    std::size_t count = 0;
    for (const char c : text) count += (c & 0xC0) != 0x80 ? 1U : 0U;
    return count;
}

/// Canonical text is its own canonical text, and says the same.
void checkCanonical(std::string_view text) {
    if (const auto members = json::parseObject(text)) {
        const std::string once = json::object(*members);
        require(isUtf8(once), "canonical JSON is UTF-8");
        const auto again = json::parseObject(once);
        require(again && *again == *members, "canonical JSON is read as what it was made of");
        require(json::object(*again) == once, "canonical(canonical(x)) == canonical(x)");
        for (const json::Member& member : *members)
            if (json::isString(member.value))
                require(json::quoted(json::unquoted(member.value)) == member.value,
                        "a text is quoted as it was");
    }
    if (const auto elements = json::parseArray(text)) {
        std::string once = "[";
        for (const std::string& element : *elements) once += (once.size() > 1 ? "," : "") + element;
        const auto again = json::parseArray(once + "]");
        require(again && *again == *elements, "a canonical array is read as what it was made of");
    }
}

/// The limits, counted anew.
void checkLimits(const FieldValue& field) {
    require(codePoints(field.name) <= limits::kFieldNameCharacters && !field.name.empty(),
            "the name of a field is within its limit");
    require(isUtf8(field.name) && isUtf8(field.value), "fields are UTF-8");
    const bool text = json::isString(field.value);
    const std::string value = text ? json::unquoted(field.value) : std::string();
    if (field.name == "name")
        require(text && codePoints(value) <= limits::kNameCharacters && !value.empty(),
                "a name is text within its limit");
    if (field.name == "note")
        require(json::isNull(field.value) || (text && codePoints(value) <= limits::kNoteCharacters),
                "a note is text within its limit");
    if (field.name == "labels" && !json::isNull(field.value)) {
        const auto labels = json::parseArray(field.value);
        require(labels && labels->size() <= limits::kLabels, "labels are within their limit");
        for (const std::string& label : *labels)
            require(json::isString(label) &&
                        codePoints(json::unquoted(label)) <= limits::kLabelCharacters,
                    "each label is text within its limit");
    }
    if (field.name == "done" && text)
        require(Moment::parse(value).has_value(), "an accepted moment can be read");
}

Result<Draft> checkedDraft(What what, std::string_view payload) {
    auto draft = checkDraft({}, what, payload);
    if (!draft) {
        require(draft.error().code == ErrorCode::kInvalid && !draft.error().message.empty(),
                "a refusal says why");
        require(isUtf8(draft.error().message), "a refusal can be sent");
        return draft;
    }
    require(draft->fields.size() <= limits::kFields, "fields are within their limit");
    require(std::is_sorted(draft->fields.begin(), draft->fields.end(),
                           [](const auto& a, const auto& b) { return a.name < b.name; }),
            "fields ascend");
    for (const FieldValue& field : draft->fields) checkLimits(field);
    return draft;
}

/// What the daemon would send of it, the datastore reads as the same.
void checkEffect(What what, const Draft& draft) {
    if (what == What::kDelete || draft.fields.empty()) return;
    const std::string id = draft.taskId.empty() ? kId : draft.taskId;
    const std::string payload = makePayload(id, draft.fields);
    if (payload.size() > limits::kPayloadBytes || draft.fields.size() >= limits::kFields) return;
    const auto effect = effectOf(what, payload);
    require(effect && effect->taskId == id && effect->fields == draft.fields,
            "both sides read the same payload alike");
    const auto members = json::parseObject(payload);
    require(members && json::object(*members) == payload, "a filled-in payload is canonical");
}

void checkMerge(const Fields& a, const Fields& b) {
    const Stamp early{1'000, 1, "a"};
    const Stamp late{1'000, 1, "b"};
    Document one{kId, {}};
    Document other{kId, {}};
    merge(one, a, early);
    merge(one, b, late);
    merge(other, b, late);
    merge(other, a, early);
    require(one == other, "the merge is commutative");
    require(!merge(one, a, early) && !merge(one, b, late) && !merge(one, other),
            "the merge is idempotent");
    const std::string text = documentText(one);
    const auto scanned = scanDocument(text);
    require(text.size() > limits::kDocumentBytes || one.fields.size() > limits::kFields ||
                (scanned && scanned->document == one),
            "a document is read as it was written");
}

}  // namespace
}  // namespace hashira::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hashira;
    fuzz::Parts parts({reinterpret_cast<const char*>(data), size});
    const auto what = static_cast<What>(parts.byte() % 3 + 1);
    const std::string_view payload = parts.part();
    const auto otherWhat = static_cast<What>(parts.byte() % 3 + 1);
    fuzz::checkCanonical(payload);
    const auto one = fuzz::checkedDraft(what, payload);
    if (one) fuzz::checkEffect(what, *one);
    const auto other = fuzz::checkedDraft(otherWhat, parts.rest());
    if (one && other) fuzz::checkMerge(one->fields, other->fields);
    return 0;
}
