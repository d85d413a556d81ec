// SPDX-License-Identifier: MIT
#pragma once

#include <cassert>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>

namespace hashira {

/// What kind of failure it was; `wire` maps each to one gRPC status.
enum class ErrorCode {
    kInvalid,          ///< the caller's input is wrong
    kNotFound,         ///< what was named does not exist
    kUnavailable,      ///< cannot be reached now, worth a retry
    kUnauthenticated,  ///< no token, or one that is not known
    kDenied,           ///< known, but not allowed
    kExhausted,        ///< a limit or a queue is full, worth a retry later
    kPrecondition,     ///< the state of this machine forbids it
    kDiskFull,         ///< the file system has no room, or is read-only
    kBusy,             ///< somebody else holds the lock
    kLocked,           ///< the desktop's keyring is locked, or there is none
    kCorrupt,          ///< a file is not what it should be
    kNewer,            ///< a file is of a newer version of the program
    kDeadline,         ///< it took too long
    kCancelled,        ///< whoever asked went away, or we are stopping
    kInternal          ///< a bug or an unexpected answer
};

/// A failure, in words for a person: what was wrong and, where it helps, what to do.
struct Error {
    ErrorCode code = ErrorCode::kInternal;
    std::string message;
    /// Who was asked wants to be left alone for this long; 0: it said nothing of that.
    std::int64_t retryAfterMs = 0;
};

/// A value or an Error. Made implicitly from either.
template <typename T>
class [[nodiscard]] Result {
public:
    Result(T value) : m_state(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : m_state(std::in_place_index<1>, std::move(error)) {}

    bool ok() const { return m_state.index() == 0; }
    explicit operator bool() const { return ok(); }

    /// Requires ok().
    T& value() { return *std::get_if<0>(&m_state); }
    const T& value() const { return *std::get_if<0>(&m_state); }
    T& operator*() { return value(); }
    const T& operator*() const { return value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    /// Requires !ok().
    const Error& error() const { return *std::get_if<1>(&m_state); }

private:
    std::variant<T, Error> m_state;
};

/// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : m_error(std::move(error)), m_ok(false) {}

    bool ok() const { return m_ok; }
    explicit operator bool() const { return m_ok; }
    /// Requires !ok().
    const Error& error() const { return m_error; }

private:
    Error m_error;
    bool m_ok = true;
};

using Status = Result<void>;

inline Error invalid(std::string message) {
    return {ErrorCode::kInvalid, std::move(message)};
}

}  // namespace hashira
