// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"
#include "model/stamp.h"
#include "model/week.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hashira {

/// A field that a command sets: name and canonical JSON value; "null" removes the field.
struct FieldValue {
    std::string name;
    std::string value;
    bool operator==(const FieldValue&) const = default;
};
/// Ascending by name, no name twice.
using Fields = std::vector<FieldValue>;

/// A field as a document holds it. A removed field keeps its stamp.
struct StampedField {
    std::string name;
    std::string value;
    Stamp stamp;
    bool operator==(const StampedField&) const = default;
};

/// One task as JSON values with a stamp per field.
struct Document {
    std::string id;                    ///< UUID
    std::vector<StampedField> fields;  ///< ascending by name

    bool operator==(const Document&) const = default;
    bool empty() const { return fields.empty(); }

    /// Nothing known or removed: null.
    const StampedField* find(std::string_view name) const;
    /// The canonical value; "null" where there is none.
    std::string_view value(std::string_view name) const;
    /// The decoded text of a string field; empty where there is none or it is no string.
    std::string string(std::string_view name) const;

    bool hasName() const;
    bool deleted() const { return value("deleted") == "true"; }
    /// The week of the date written in `done` where the place is done; else open.
    Bucket bucket() const;
    /// The greatest stamp of all fields; zero where there is none.
    HlcTime greatest() const;
};

/// Sets each field only where (stamp, value) is greater than the document's. Commutative,
/// associative and idempotent over any set of commands (a last-writer-wins map: Shapiro et al., "A
/// comprehensive study of Convergent and Commutative Replicated Data Types", 2011). Returns whether
/// anything changed.
bool merge(Document& document, const Fields& fields, const Stamp& stamp);
/// The same, and takes the texts of what it sets.
bool merge(Document& document, Fields&& fields, const Stamp& stamp);

/// Merges another state of the same task. Returns whether anything changed.
bool merge(Document& document, const Document& other);

/// `{"fields":{NAME:[VALUE,STAMP],…},"id":UUID}`, canonical.
std::string documentText(const Document& document);

/// A document with the version that a datastore gave it; 0: none.
struct VersionedDocument {
    Document document;
    std::uint64_t version = 0;
};

/// Reads what documentText wrote, with or without "version". Refuses unknown members, a bad id, bad
/// stamps.
Result<VersionedDocument> parseDocument(std::string_view text);

/// Reads a text that is known to be canonical JSON, in one pass: what documentText or
/// appendVersioned wrote, or an element that json::parseArray gave. Nothing where it is of another
/// shape; values are not checked.
std::optional<VersionedDocument> scanDocument(std::string_view canonical);

/// scanDocument, or else what parseDocument says of the text.
Result<VersionedDocument> readDocument(std::string_view canonical);

/// Puts the version into a document's text, as chunks carry it.
void appendVersioned(std::string& out, std::string_view documentText, std::uint64_t version);

}  // namespace hashira
