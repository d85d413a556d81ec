// SPDX-License-Identifier: MIT
#include "model/document.h"

#include "base/limits.h"
#include "model/json.h"
#include "model/moment.h"
#include "model/uuid.h"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

namespace hashira {
namespace {

/// True where (stamp, value) beats the field: the one rule of the merge.
bool beats(const Stamp& stamp, std::string_view value, const StampedField& field) {
    if (const auto order = stamp <=> field.stamp; order != 0) return order > 0;
    return value > field.value;
}

/// Text: to be copied, or to be taken.
template <typename Text>
bool mergeField(Document& document, Text&& name, Text&& value, const Stamp& stamp) {
    auto& fields = document.fields;
    const auto at =
        std::lower_bound(fields.begin(), fields.end(), name,
                         [](const StampedField& f, const auto& n) { return f.name < n; });
    if (at == fields.end() || at->name != name) {
        fields.insert(at, {std::forward<Text>(name), std::forward<Text>(value), stamp});
        return true;
    }
    if (!beats(stamp, value, *at)) return false;
    at->value = std::forward<Text>(value);
    at->stamp = stamp;
    return true;
}

}  // namespace

const StampedField* Document::find(std::string_view name) const {
    const auto at =
        std::lower_bound(fields.begin(), fields.end(), name,
                         [](const StampedField& f, std::string_view n) { return f.name < n; });
    return at == fields.end() || at->name != name ? nullptr : &*at;
}

std::string_view Document::value(std::string_view name) const {
    const StampedField* field = find(name);
    return field ? std::string_view(field->value) : "null";
}

std::string Document::string(std::string_view name) const {
    const std::string_view text = value(name);
    return json::isString(text) ? json::unquoted(text) : std::string();
}

bool Document::hasName() const {
    return json::isString(value("name"));
}

Bucket Document::bucket() const {
    if (value("place") != "\"done\"") return {};
    const auto moment = Moment::parse(string("done"));
    return moment ? Bucket{Week::of(moment->localDay).index} : Bucket{};
}

HlcTime Document::greatest() const {
    HlcTime greatest;
    for (const StampedField& field : fields) greatest = std::max(greatest, HlcTime(field.stamp));
    return greatest;
}

bool merge(Document& document, const Fields& fields, const Stamp& stamp) {
    bool changed = false;
    if (document.fields.empty()) document.fields.reserve(fields.size());
    for (const FieldValue& field : fields)
        changed |= mergeField(document, field.name, field.value, stamp);
    return changed;
}

bool merge(Document& document, Fields&& fields, const Stamp& stamp) {
    bool changed = false;
    if (document.fields.empty()) document.fields.reserve(fields.size());
    for (FieldValue& field : fields)
        changed |= mergeField(document, std::move(field.name), std::move(field.value), stamp);
    return changed;
}

bool merge(Document& document, const Document& other) {
    bool changed = false;
    for (const StampedField& field : other.fields)
        changed |= mergeField(document, field.name, field.value, field.stamp);
    return changed;
}

std::string documentText(const Document& document) {
    std::string out;
    out.reserve(64 + 80 * document.fields.size());  // what most need
    out = "{\"fields\":{";
    bool first = true;
    // Fields that one command set have one stamp.
    const Stamp* stamp = nullptr;
    std::string stampText;
    for (const StampedField& field : document.fields) {
        if (!stamp || *stamp != field.stamp) stampText = field.stamp.text();
        stamp = &field.stamp;
        if (!std::exchange(first, false)) out += ',';
        json::appendQuoted(out, field.name);
        out += ":[";
        out += field.value;
        out += ",\"";
        out += stampText;
        out += "\"]";
    }
    out += "},\"id\":\"";
    out += document.id;
    out += "\"}";
    return out;
}

Result<VersionedDocument> parseDocument(std::string_view text) {
    if (text.size() > limits::kDocumentBytes) return invalid("the document is too large");
    auto members = json::parseObject(text, limits::kDocumentDepth);
    if (!members) return invalid("the document " + members.error().message);
    VersionedDocument result;
    Result<std::vector<json::Member>> fields = std::vector<json::Member>();
    for (json::Member& member : *members) {
        if (member.name == "id" && json::isString(member.value)) {
            result.document.id = json::unquoted(member.value);
        } else if (member.name == "fields") {
            fields = json::parseObject(member.value, limits::kDocumentDepth);
            if (!fields) return invalid("the document's fields: " + fields.error().message);
        } else if (member.name == "version") {
            const char* end = member.value.data() + member.value.size();
            const auto [stop, error] = std::from_chars(member.value.data(), end, result.version);
            if (stop != end || error != std::errc())
                return invalid("the document's version is no number");
        } else {
            return invalid("the document has the unknown member " + json::quoted(member.name));
        }
    }
    if (!isUuid(result.document.id)) return invalid("the document has no id");
    if (fields->size() > limits::kFields) return invalid("the document has too many fields");
    result.document.fields.reserve(fields->size());
    for (json::Member& member : *fields) {
        auto pair = json::parseArray(member.value, limits::kDocumentDepth);
        const auto stamp = pair && pair->size() == 2 && json::isString(pair->back())
                               ? Stamp::parse(json::unquoted(pair->back()))
                               : std::nullopt;
        if (!stamp)
            return invalid("the document's field " + json::quoted(member.name) +
                           " is no pair of a value and a stamp");
        result.document.fields.push_back(
            {std::move(member.name), std::move(pair->front()), *stamp});
    }
    return result;
}

void appendVersioned(std::string& out, std::string_view documentText, std::uint64_t version) {
    out.append(documentText, 0, documentText.size() - 1);
    out += ",\"version\":";
    out += std::to_string(version);
    out += '}';
}

}  // namespace hashira
