// SPDX-License-Identifier: MIT
#include "desktop/keyring.h"

#include <qt6keychain/keychain.h>
#include <QObject>
#include <QPointer>
#include <QString>
#include <QTimer>
#include <QtGlobal>

#include <utility>

#if defined(Q_OS_UNIX) && !defined(Q_OS_MACOS)
#define HASHIRA_HAS_SECRET_SERVICE
#include "desktop/secret_service.h"
#endif

namespace hashira::desktop {
namespace {

const auto kProgram = QStringLiteral("hashira");
/// A keyring that says nothing for this long, and shows the person no window either.
constexpr int kQuietMs = 10'000;
/// A person at the keyring's window.
constexpr int kAskedMs = 120'000;

Error locked(const std::string& why) {
    return {ErrorCode::kLocked, why};
}
[[maybe_unused]] Error isLocked() {  // only the Secret Service tells
    return locked("the desktop's keyring is locked: unlock it");
}
Error isAbsent() {
    return locked(
        "there is no keyring to keep the token in: start one (such as gnome-keyring or KWallet), "
        "or start hashirad with --token-file FILE");
}

/// EntryNotFound is not told apart here: to a locked keyring everything is missing.
Status toStatus(const QKeychain::Job& job) {
    switch (job.error()) {
        case QKeychain::NoError: return {};
        case QKeychain::EntryNotFound:
            return Error{ErrorCode::kNotFound, "the keyring holds no token"};
        case QKeychain::AccessDeniedByUser: return locked("the keyring was not unlocked");
        case QKeychain::AccessDenied: return locked("the keyring refuses access");
        case QKeychain::NoBackendAvailable:
        case QKeychain::NotImplemented: return isAbsent();
        default: return locked("the keyring does not work: " + job.errorString().toStdString());
    }
}

class QtKeyring final : public QObject, public Keyring {
public:
    void read(const std::string& key, bool mayAsk, ReadReply reply) override {
        whenUsable(mayAsk, [this, key, mayAsk, reply](const Status& usable) {
            if (!usable) return reply(usable.error());
            readNow(key, mayAsk ? kAskedMs : kQuietMs, reply);
        });
    }

    void write(const std::string& key, const std::string& secret, WriteReply reply) override {
        whenUsable(true, [this, key, secret, reply](const Status& usable) {
            if (!usable) return reply(usable);
            auto* job = make<QKeychain::WritePasswordJob>(key);
            job->setTextData(QString::fromStdString(secret));
            run(job, kAskedMs, [this, key, secret, reply](const Status& written) {
                if (!written) return reply(written);
                readBack(key, secret, reply);
            });
        });
    }

    void remove(const std::string& key, WriteReply reply) override {
        whenUsable(true, [this, key, reply](const Status& usable) {
            if (!usable) return reply(usable.error());
            run(make<QKeychain::DeletePasswordJob>(key), kAskedMs, [reply](const Status& removed) {
                const bool gone = removed || removed.error().code == ErrorCode::kNotFound;
                reply(gone ? Status() : removed);
            });
        });
    }

    void onUsable(std::function<void()> usable) override { m_usable = std::move(usable); }

private:
    template <typename Job>
    Job* make(const std::string& key) {
        auto* job = new Job(kProgram, this);
        job->setInsecureFallback(false);  // a plaintext file is only for whoever asks for it
        job->setKey(QString::fromStdString(key));
        return job;
    }

    /// `done` is called once: with what the job says, or after `limitMs`.
    void run(QKeychain::Job* job, int limitMs, const std::function<void(const Status&)>& done) {
        auto* limit = new QTimer(job);
        limit->setSingleShot(true);
        connect(limit, &QTimer::timeout, this, [job, done] {
            job->disconnect();
            done(locked("the keyring does not answer"));
        });
        connect(job, &QKeychain::Job::finished, this, [limit, job, done] {
            limit->stop();
            done(toStatus(*job));
        });
        limit->start(limitMs);
        job->start();
    }

    void readBack(const std::string& key, const std::string& secret, const WriteReply& reply) {
        readNow(key, kQuietMs, [secret, reply](const Result<std::string>& back) {
            if (back && *back == secret) return reply({});
            reply(locked("the keyring did not keep the token: unlock it"));
        });
    }

    void readNow(const std::string& key, int limitMs, const ReadReply& reply) {
        auto* job = make<QKeychain::ReadPasswordJob>(key);
        run(job, limitMs, [this, job, reply](const Status& read) {
            if (read) return reply(job->textData().toStdString());
            if (read.error().code != ErrorCode::kNotFound) return reply(read.error());
            // Missing, or locked.
            whenUsable(false, [reply, missing = read.error()](const Status& usable) {
                reply(usable ? missing : usable.error());
            });
        });
    }

#ifdef HASHIRA_HAS_SECRET_SERVICE
    /// KWallet is asked by calls of its own, and then the Secret Service need not be there.
    static bool isKde() {
        return qEnvironmentVariable("XDG_CURRENT_DESKTOP")
                   .split(QLatin1Char(':'))
                   .contains(QLatin1String("KDE")) ||
               qEnvironmentVariableIsSet("KDE_FULL_SESSION");
    }
    void watch() {
        if (!isKde()) m_service.watch();
    }
    /// libsecret would show a window where the keyring is locked.
    void whenUsable(bool mayAsk, std::function<void(const Status&)> then) {
        if (isKde()) {
            QTimer::singleShot(0, this, [then = std::move(then)] { then({}); });
            return;
        }
        watch();
        m_service.look([mayAsk, then = std::move(then)](SecretService::State state) {
            using State = SecretService::State;
            if (state == State::kAbsent) return then(isAbsent());
            then(state == State::kLocked && !mayAsk ? Status(isLocked()) : Status());
        });
    }
    SecretService m_service{[this] {
        if (m_usable) m_usable();
    }};
#else
    void watch() {}
    void whenUsable(bool, std::function<void(const Status&)> then) {
        QTimer::singleShot(0, this, [then = std::move(then)] { then({}); });
    }
#endif
    std::function<void()> m_usable;
};

}  // namespace

std::unique_ptr<Keyring> makeKeyring() {
    return std::make_unique<QtKeyring>();
}

}  // namespace hashira::desktop
