// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"
#include "datastore/database_url.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// What the databases differ in. All SQL of the ledger is written once, as PostgreSQL has it
/// but for `?` for a value: `FOR UPDATE` at the end of what is read to be changed, `= ANY(?)` and
/// `unnest` for arrays, and the types of these. SQLite's driver writes it otherwise.
namespace hashira::datastore {

/// A prepared statement of one connection. Bind in order, next() until there are no more rows or
/// none are wanted, reset().
class SqlStatement {
public:
    virtual ~SqlStatement() = default;

    virtual void bind(std::int64_t value) = 0;
    virtual void bind(std::string_view value) = 0;
    /// Arrays, so that many rows take one statement; they must be there until it ran.
    virtual void bindAll(const std::vector<std::int64_t>& values) = 0;
    virtual void bindAll(const std::vector<std::string>& values) = 0;
    /// The rows are many: not all of them are held in memory. Within a transaction; to be said
    /// before next().
    virtual void stream() {}

    /// Runs it at its first call. True: there is a row.
    virtual Result<bool> next() = 0;
    /// Runs a statement that gives no rows. Within a transaction its error may come with a later
    /// statement, at the latest with the commit.
    virtual Status run() = 0;
    virtual std::int64_t integer(int column) const = 0;
    virtual std::string text(int column) const = 0;
    virtual bool isNull(int column) const = 0;
    /// How many rows next() wrote.
    virtual int changes() const = 0;
    virtual void reset() = 0;
};

enum class TransactionMode {
    kRead,  ///< one snapshot, and no writes
    kWrite  ///< what is read FOR UPDATE is locked, and what is read after that is current
};

/// One connection. For one thread. Errors: kUnavailable (the connection was lost, a deadlock; worth
/// a retry), kBusy, kDiskFull, kCorrupt, kInternal; a connection that was lost is opened again by
/// the next begin(), or the next statement outside a transaction.
class SqlDriver {
public:
    virtual ~SqlDriver() = default;

    /// Kept prepared; `sql` must be a literal: its address is the key.
    virtual SqlStatement& prepared(const char* sql) = 0;
    /// A statement without values or rows.
    virtual Status execute(const char* sql) = 0;
    virtual Status begin(TransactionMode mode) = 0;
    virtual Status commit() = 0;
    virtual void rollBack() = 0;

    /// The folder of the numbered files that make the schema.
    virtual const char* migrations() const = 0;
    /// The number of the last migration; 0: an empty database. kCorrupt: it is not a datastore's.
    virtual Result<int> schemaVersion() = 0;
    /// Waits until no other program migrates; within a transaction, until its end.
    virtual Status lockSchema() = 0;
    virtual Status setSchemaVersion(int version) = 0;
    /// What a connection needs once the schema is known to be ours: journal, durability.
    virtual Status configure() = 0;
};

/// Opens a connection. SQLite: creates the file (readable by its owner only) and its directory
/// where they are missing, and changes nothing in a file that is there before configure().
/// kNotFound: there is no such database; kUnavailable: it cannot be reached; kPrecondition: Qt's
/// driver is missing.
Result<std::unique_ptr<SqlDriver>> openSqlite(const DatabaseUrl& url);
Result<std::unique_ptr<SqlDriver>> openPostgresql(const DatabaseUrl& url);

}  // namespace hashira::datastore
