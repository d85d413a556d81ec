// SPDX-License-Identifier: MIT
#include "daemon/data_dir.h"

#include "base/path.h"
#include "daemon/platform.h"

#include <QFile>

#include <filesystem>
#include <utility>

namespace hashira::daemon {
namespace {

Error heldBy(const std::string& path, const std::string& pid) {
    return {ErrorCode::kBusy, "the data directory " + path + " is in use by another daemon" +
                                  (pid.empty() ? "" : " (process " + pid + ")") +
                                  ": stop that one first, or choose another --data-dir"};
}

/// A path, or an address with a port.
constexpr qint64 kEndpointBytes = 4 * 1024;

std::string endpointFile(const std::string& path) {
    return path + "/endpoint";
}

void forgetEndpoint(const std::string& path) {
    std::error_code none;
    std::filesystem::remove(toPath(endpointFile(path)), none);
}

Status makeDirectory(const std::string& text) {
    namespace fs = std::filesystem;
    const fs::path path = toPath(text);
    std::error_code problem;
    if (fs::is_directory(path, problem)) return {};
    fs::create_directories(path, problem);
    if (!problem) fs::permissions(path, fs::perms::owner_all, problem);
    if (!problem) return {};
    const bool full =
        problem == std::errc::no_space_on_device || problem == std::errc::read_only_file_system;
    return Error{full ? ErrorCode::kDiskFull : ErrorCode::kPrecondition,
                 "cannot make the data directory " + text + ": " + problem.message()};
}

}  // namespace

Result<std::unique_ptr<DataDir>> DataDir::lock(const std::string& path) {
    if (const Status made = makeDirectory(path); !made) return made.error();
    auto lock = FileLock::take(path + "/lock");
    if (lock) return std::unique_ptr<DataDir>(new DataDir(path, std::move(*lock)));
    if (lock.error().code == ErrorCode::kBusy) return heldBy(path, lock.error().message);
    return lock.error();
}

DataDir::DataDir(std::string path, std::unique_ptr<FileLock> lock)
    : m_path(std::move(path)), m_lock(std::move(lock)) {
    forgetEndpoint(m_path);  // of a daemon that was killed
}

DataDir::~DataDir() {
    forgetEndpoint(m_path);
}

Status DataDir::announce(const std::string& endpoint) {
    // Neither replaced at once nor synced: whoever reads it waits for the end of the line.
    QFile file(QString::fromStdString(endpointFile(m_path)));
    const QByteArray line = QByteArray::fromStdString(endpoint) + '\n';
    if (file.open(QIODevice::WriteOnly) && file.write(line) == line.size() && file.flush())
        return {};
    return Error{ErrorCode::kDiskFull,
                 "cannot write " + endpointFile(m_path) + ": " + file.errorString().toStdString()};
}

Result<std::string> DataDir::endpointOfHolder(const std::string& path) {
    const auto ours = lock(path);
    if (ours) return Error{ErrorCode::kNotFound, "no daemon holds " + path};
    if (ours.error().code != ErrorCode::kBusy) return ours.error();
    QFile file(QString::fromStdString(endpointFile(path)));
    if (!file.open(QIODevice::ReadOnly)) return ours.error();
    const QByteArray line = file.readLine(kEndpointBytes);
    if (!line.endsWith('\n')) return ours.error();
    return line.trimmed().toStdString();
}

}  // namespace hashira::daemon
