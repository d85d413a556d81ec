// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

/// What hashira-load and its client processes say to each other: files of plain records, since both
/// are of one build and on one machine.
namespace hashira::bench {

/// The steady clock, which all processes of a machine share.
inline std::int64_t steadyNs() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

/// An Apply that a writer had answered.
struct Applied {
    std::uint64_t version = 0;  ///< of the account, after it
    std::int64_t sentNs = 0;
    std::int64_t answeredNs = 0;
    std::uint32_t account = 0;  ///< its place among the accounts of the run
    std::uint32_t commands = 0;
};

/// A notification that a watcher heard.
struct Heard {
    std::uint64_t version = 0;
    std::int64_t ns = 0;
    std::uint32_t account = 0;
    std::uint32_t watcher = 0;  ///< within its process
};

/// Who a client is: a line "TOKEN ACCOUNT INCARNATION" of a file.
struct Person {
    std::string token;
    std::uint32_t account = 0;
    std::string incarnation;
};

inline std::vector<Person> readPeople(const std::string& path) {
    std::ifstream file(path);
    std::vector<Person> people;
    for (Person person; file >> person.token >> person.account >> person.incarnation;)
        people.push_back(person);
    return people;
}

inline bool writePeople(const std::string& path, const std::vector<Person>& people) {
    std::ofstream file(path, std::ios::trunc);
    for (const Person& person : people)
        file << person.token << ' ' << person.account << ' ' << person.incarnation << '\n';
    return file.flush().good();
}

template <typename Record>
bool writeRecords(const std::string& path, const std::vector<Record>& records) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(reinterpret_cast<const char*>(records.data()),
               static_cast<std::streamsize>(records.size() * sizeof(Record)));
    return file.flush().good();
}

template <typename Record>
std::vector<Record> readRecords(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::vector<Record> records;
    for (Record record; file.read(reinterpret_cast<char*>(&record), sizeof record);)
        records.push_back(record);
    return records;
}

}  // namespace hashira::bench
