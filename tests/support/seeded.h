// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QString>

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace hashira::test {

/// Text of the model as QtTest shows it.
inline QString q(std::string_view utf8) {
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}

/// The source of a random run. The seed is fixed, so that a suite is the same each time;
/// HASHIRA_SEED=N runs another one. Put `note()` into each check of a random run.
class Seeded {
public:
    Seeded() : m_seed(seed()), m_engine(m_seed) {}

    std::uint64_t operator()() { return m_engine(); }
    /// 0 to limit - 1.
    std::size_t below(std::size_t limit) { return static_cast<std::size_t>(m_engine() % limit); }
    bool chance(std::size_t oneIn) { return below(oneIn) == 0; }
    std::mt19937_64& engine() { return m_engine; }

    std::string note() const { return "HASHIRA_SEED=" + std::to_string(m_seed); }

private:
    static std::uint64_t seed() {
        bool given = false;
        const auto seed = qEnvironmentVariable("HASHIRA_SEED").toULongLong(&given);
        return given ? seed : 20'261'123;
    }

    std::uint64_t m_seed;
    std::mt19937_64 m_engine;
};

}  // namespace hashira::test
