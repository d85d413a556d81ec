// SPDX-License-Identifier: MIT
#include "wire/malformed.h"

#include "base/utf8.h"

#include <google/protobuf/unknown_field_set.h>

#include <map>

namespace hashira::wire {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

std::string why(const Descriptor& type, std::string_view bytes);

/// Nothing where the field is good.
std::string whyField(const FieldDescriptor& field, const std::string& bytes) {
    if (field.type() == FieldDescriptor::TYPE_MESSAGE) return why(*field.message_type(), bytes);
    if (field.type() == FieldDescriptor::TYPE_STRING && !isUtf8(bytes)) return "is not valid UTF-8";
    return {};
}

std::string why(const Descriptor& type, std::string_view bytes) {
    UnknownFieldSet fields;
    if (!fields.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
        return "is no " + type.name() + " of Protocol Buffers";
    std::map<int, int> counts;
    for (int i = 0; i < fields.field_count(); ++i) {
        const UnknownField& one = fields.field(i);
        const FieldDescriptor* field = type.FindFieldByNumber(one.number());
        if (field == nullptr || one.type() != UnknownField::TYPE_LENGTH_DELIMITED) continue;
        const int index = counts[one.number()]++;
        const std::string problem = whyField(*field, one.length_delimited());
        if (problem.empty()) continue;
        return field->name() + (field->is_repeated() ? "[" + std::to_string(index) + "]" : "") +
               ": " + problem;
    }
    return {};
}

}  // namespace

std::string whyMalformed(const Descriptor& type, std::string_view bytes) {
    const std::string problem = why(type, bytes);
    const bool whole = problem.empty() || problem.rfind("is no ", 0) == 0;
    return whole ? "the request is no " + type.name() + " of Protocol Buffers" : problem;
}

}  // namespace hashira::wire
