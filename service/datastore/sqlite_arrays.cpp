// SPDX-License-Identifier: MIT
#include "datastore/sqlite_arrays.h"

#include <sqlite3.h>

#include <new>

namespace hashira::datastore {
namespace {

constexpr int kArrays = 5;
/// First the columns, then the arrays that they are made of.
constexpr const char* kTable =
    "CREATE TABLE unnest (a, b, c, d, e, a_array HIDDEN, b_array HIDDEN, c_array HIDDEN, "
    "d_array HIDDEN, e_array HIDDEN)";
/// What a value must be bound as, so that SQL itself cannot make one.
constexpr const char* kPointer = "hashira-array";

struct Cursor {
    sqlite3_vtab_cursor base;  // SQLite's, first
    const SqliteArray* arrays[kArrays] = {};
    std::size_t row = 0;
};

Cursor& of(sqlite3_vtab_cursor* cursor) {
    return *reinterpret_cast<Cursor*>(cursor);
}

int connect(sqlite3* handle, void*, int, const char* const*, sqlite3_vtab** table, char**) {
    if (const int code = sqlite3_declare_vtab(handle, kTable); code != SQLITE_OK) return code;
    *table = new (std::nothrow) sqlite3_vtab();
    return *table ? SQLITE_OK : SQLITE_NOMEM;
}

int disconnect(sqlite3_vtab* table) {
    delete table;
    return SQLITE_OK;
}

/// Each array is a value of the one scan that there is.
int bestIndex(sqlite3_vtab*, sqlite3_index_info* info) {
    for (int i = 0; i < info->nConstraint; ++i) {
        const auto& constraint = info->aConstraint[i];
        if (constraint.iColumn < kArrays || constraint.op != SQLITE_INDEX_CONSTRAINT_EQ) continue;
        if (!constraint.usable) return SQLITE_CONSTRAINT;
        info->aConstraintUsage[i].argvIndex = constraint.iColumn - kArrays + 1;
        info->aConstraintUsage[i].omit = 1;
    }
    constexpr int kUsual = 500;  // a batch's
    info->estimatedCost = kUsual;
    info->estimatedRows = kUsual;
    return SQLITE_OK;
}

int open(sqlite3_vtab*, sqlite3_vtab_cursor** cursor) {
    auto* opened = new (std::nothrow) Cursor();
    *cursor = opened ? &opened->base : nullptr;
    return opened ? SQLITE_OK : SQLITE_NOMEM;
}

int close(sqlite3_vtab_cursor* cursor) {
    delete &of(cursor);
    return SQLITE_OK;
}

int filter(sqlite3_vtab_cursor* cursor, int, const char*, int count, sqlite3_value** values) {
    Cursor& at = of(cursor);
    at.row = 0;
    for (int i = 0; i < kArrays; ++i)
        at.arrays[i] =
            i < count ? static_cast<const SqliteArray*>(sqlite3_value_pointer(values[i], kPointer))
                      : nullptr;
    return at.arrays[0] ? SQLITE_OK : SQLITE_MISUSE;
}

int next(sqlite3_vtab_cursor* cursor) {
    ++of(cursor).row;
    return SQLITE_OK;
}

int atEnd(sqlite3_vtab_cursor* cursor) {
    return of(cursor).row >= of(cursor).arrays[0]->size();
}

int column(sqlite3_vtab_cursor* cursor, sqlite3_context* context, int number) {
    const Cursor& at = of(cursor);
    const SqliteArray* array = number < kArrays ? at.arrays[number] : nullptr;
    if (!array || at.row >= array->size()) return SQLITE_OK;  // null
    if (const std::int64_t* value = array->number(at.row)) {
        sqlite3_result_int64(context, *value);
    } else {
        const std::string& text = array->text(at.row);
        sqlite3_result_text64(context, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
    }
    return SQLITE_OK;
}

int rowNumber(sqlite3_vtab_cursor* cursor, sqlite3_int64* number) {
    *number = static_cast<sqlite3_int64>(of(cursor).row);
    return SQLITE_OK;
}

/// There is no xCreate: it is a function's table, and nothing in the file.
sqlite3_module makeModule() {
    sqlite3_module module{};
    module.xConnect = connect;
    module.xBestIndex = bestIndex;
    module.xDisconnect = disconnect;
    module.xOpen = open;
    module.xClose = close;
    module.xFilter = filter;
    module.xNext = next;
    module.xEof = atEnd;
    module.xColumn = column;
    module.xRowid = rowNumber;
    return module;
}

}  // namespace

void SqliteArray::bind(sqlite3_stmt* statement, int at) {
    sqlite3_bind_pointer(statement, at, this, kPointer, nullptr);
}

void addUnnest(sqlite3* handle) {
    static const sqlite3_module module = makeModule();
    sqlite3_create_module(handle, "unnest", &module, nullptr);
}

}  // namespace hashira::datastore
