// SPDX-License-Identifier: MIT
//
// Input: a JSON array of documents, as a chunk or a push carries it, or one document.
#include "fuzz/fuzz.h"
#include "model/document.h"
#include "model/json.h"
#include "model/sync.h"

namespace hashira::fuzz {
namespace {

bool same(const VersionedDocument& a, const VersionedDocument& b) {
    return a.document == b.document && a.version == b.version;
}

/// The quick reader and the general one, of a text that is canonical.
void checkReaders(const std::string& canonical) {
    const auto scanned = scanDocument(canonical);
    const auto parsed = parseDocument(canonical);
    if (scanned) require(parsed && same(*scanned, *parsed), "both readers read the same document");
    if (!parsed) {
        require(isUtf8(parsed.error().message), "a refusal can be sent");
        return;
    }
    const std::string text = documentText(parsed->document);
    const auto again = readDocument(text);
    require(again && again->document == parsed->document, "read(write(d)) == d");
    require(scanDocument(text).has_value(), "what we write needs the quick reader only");
    std::string versioned;
    appendVersioned(versioned, text, parsed->version);
    const auto withVersion = readDocument(versioned);
    require(withVersion && same(*withVersion, *parsed), "a version is read as it was written");
    require(parsed->document.bucket() == again->document.bucket(), "its week stays");
    Document merged = parsed->document;
    require(!merge(merged, parsed->document), "a document merged with itself is itself");
}

}  // namespace
}  // namespace hashira::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hashira;
    const std::string text(reinterpret_cast<const char*>(data), size);
    (void)scanDocument(text);  // of any bytes: it must not read beyond them
    if (const auto members = json::parseObject(text)) fuzz::checkReaders(json::object(*members));
    const auto elements = json::parseArray(text);
    const auto documents = sync::parseDocuments(text);
    if (!elements) {
        fuzz::require(!documents, "documents are an array");
        return 0;
    }
    for (const std::string& element : *elements) fuzz::checkReaders(element);
    if (documents)
        fuzz::require(documents->size() == elements->size(), "each element is a document");
    return 0;
}
