// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

/// Arrays as values of SQLite's statements, so that many rows take one statement: each statement
/// opens table and indexes anew, which takes longer than to write a row.
namespace hashira::datastore {

/// One array, as a statement is given it; the vector must be there until the statement was reset.
class SqliteArray {
public:
    explicit SqliteArray(const std::vector<std::int64_t>& numbers) : m_numbers(&numbers) {}
    explicit SqliteArray(const std::vector<std::string>& texts) : m_texts(&texts) {}

    std::size_t size() const { return m_numbers ? m_numbers->size() : m_texts->size(); }
    const std::int64_t* number(std::size_t row) const {
        return m_numbers ? &(*m_numbers)[row] : nullptr;
    }
    const std::string& text(std::size_t row) const { return (*m_texts)[row]; }

    /// A failure shows when the statement is run.
    void bind(sqlite3_stmt* statement, int at);

private:
    const std::vector<std::int64_t>* m_numbers = nullptr;
    const std::vector<std::string>* m_texts = nullptr;
};

/// Gives the connection PostgreSQL's `unnest`: the table whose columns are the arrays. They are as
/// long as the first one, and five at most; fewer are given names alone (`a`, `b` …), as `*` means
/// all five.
void addUnnest(sqlite3* handle);

}  // namespace hashira::datastore
