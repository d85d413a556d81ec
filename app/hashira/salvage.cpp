// SPDX-License-Identifier: MIT
#include "salvage.h"

#include "base/path.h"
#include "model/command.h"
#include "model/document.h"
#include "model/json.h"

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>

namespace hashira::cli {
namespace {

using Database = std::unique_ptr<sqlite3, int (*)(sqlite3*)>;
using Statement = std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)>;

/// A URI's path: everything but the plainest characters escaped.
std::string uriOf(const std::string& file) {
    constexpr char kHex[] = "0123456789ABCDEF";
    const std::u8string path = std::filesystem::absolute(toPath(file)).generic_u8string();
    std::string uri = path.front() == u8'/' ? "file:" : "file:/";  // a drive comes after a slash
    for (const char8_t letter : path) {
        const auto c = static_cast<char>(letter);
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '/' || c == '.' || c == '-' || c == '_';
        if (plain)
            uri += c;
        else {
            uri += '%';
            uri += kHex[byte >> 4];
            uri += kHex[byte & 15];
        }
    }
    // With a log beside it the copy is read with the log; else nothing may be written beside it.
    return uri + (std::filesystem::exists(toPath(file + "-wal")) ? "?mode=ro" : "?immutable=1");
}

std::string text(sqlite3_stmt* row, int column) {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(row, column));
    return bytes == nullptr
               ? std::string()
               : std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(row, column)));
}

Statement prepare(sqlite3* database, const char* sql) {
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(database, sql, -1, &statement, nullptr);
    return {statement, sqlite3_finalize};
}

/// Reads `commands` by rowid from both ends towards a damage in between: a damaged page costs its
/// own rows.
class Reader {
public:
    Reader(sqlite3* database, Salvaged& result) : m_database(database), m_result(result) {}

    bool readAll() {
        const bool forward = scan(
            "SELECT rowid, what, task, payload, stamp_ms, stamp_counter, stamp_origin"
            " FROM commands NOT INDEXED WHERE state <> 3 ORDER BY rowid",
            true);
        if (forward) return m_prepared;
        if (!m_prepared) return false;
        scan(
            "SELECT rowid, what, task, payload, stamp_ms, stamp_counter, stamp_origin"
            " FROM commands NOT INDEXED WHERE state <> 3 ORDER BY rowid DESC",
            false);
        ++m_result.unreadable;
        return true;
    }

    std::map<std::string, Document>& documents() { return m_documents; }

private:
    /// False: it broke off at damage.
    bool scan(const char* sql, bool forward) {
        const Statement row = prepare(m_database, sql);
        if (row == nullptr) return false;
        m_prepared = true;
        int code = 0;
        while ((code = sqlite3_step(row.get())) == SQLITE_ROW) {
            const std::int64_t id = sqlite3_column_int64(row.get(), 0);
            if (!forward && id <= m_last) return true;
            if (forward) m_last = id;
            take(row.get());
        }
        return code == SQLITE_DONE;
    }

    void take(sqlite3_stmt* row) {
        ++m_result.commands;
        const int what = sqlite3_column_int(row, 1);
        const auto effect = what >= 1 && what <= 3 ? effectOf(static_cast<What>(what), text(row, 3))
                                                   : Result<Effect>(invalid("what"));
        if (!effect) {
            ++m_result.unreadable;
            return;
        }
        Stamp stamp;
        stamp.ms = sqlite3_column_int64(row, 4);
        stamp.counter = static_cast<std::uint32_t>(sqlite3_column_int64(row, 5));
        stamp.origin = text(row, 6);
        Document& document = m_documents[effect->taskId];
        document.id = effect->taskId;
        merge(document, effect->fields, stamp);
    }

    sqlite3* m_database;
    Salvaged& m_result;
    std::map<std::string, Document> m_documents;
    std::int64_t m_last = 0;
    bool m_prepared = false;
};

std::string lineOf(const Document& document) {
    Fields fields;
    for (const StampedField& field : document.fields)
        if (!json::isNull(field.value)) fields.push_back({field.name, field.value});
    return makePayload(document.id, fields);
}

}  // namespace

Result<Salvaged> salvageOutbox(const std::string& file) {
    if (!std::filesystem::is_regular_file(toPath(file)))
        return Error{ErrorCode::kNotFound, file + ": there is no such file"};
    sqlite3* handle = nullptr;
    const int opened = sqlite3_open_v2(uriOf(file).c_str(), &handle,
                                       SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, nullptr);
    const Database database(handle, sqlite3_close);
    if (opened != SQLITE_OK) return Error{ErrorCode::kCorrupt, file + ": cannot be opened"};
    // A file that was cut short is refused as a whole without this.
    sqlite3_db_config(database.get(), SQLITE_DBCONFIG_WRITABLE_SCHEMA, 1, nullptr);
    Salvaged salvaged;
    Reader reader(database.get(), salvaged);
    if (!reader.readAll())
        return Error{ErrorCode::kCorrupt,
                     file + ": is no outbox of Hashira, or its first page is lost: " +
                         sqlite3_errmsg(database.get())};
    // A task without a name is only a change to one whose beginning is not in this outbox.
    for (const auto& [id, document] : reader.documents())
        if (document.hasName()) salvaged.lines.push_back(lineOf(document));
    return salvaged;
}

}  // namespace hashira::cli
