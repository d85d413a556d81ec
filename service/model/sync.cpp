// SPDX-License-Identifier: MIT
#include "model/sync.h"

#include "base/limits.h"
#include "model/json.h"

namespace hashira::sync {

Result<std::vector<VersionedDocument>> parseDocuments(std::string_view text) {
    const auto elements = json::parseArray(text, limits::kDocumentDepth);
    if (!elements) return invalid("the documents: " + elements.error().message);
    std::vector<VersionedDocument> documents;
    documents.reserve(elements->size());
    for (const std::string& element : *elements) {
        auto document = readDocument(element);
        if (!document) return document.error();
        documents.push_back(std::move(*document));
    }
    return documents;
}

}  // namespace hashira::sync
