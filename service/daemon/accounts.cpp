// SPDX-License-Identifier: MIT
#include "daemon/accounts.h"

#include "base/limits.h"
#include "base/path.h"
#include "model/uuid.h"

#include <QCoreApplication>
#include <QEvent>
#include <QPointer>
#include <QTimer>

#include <filesystem>
#include <utility>

namespace hashira::daemon {
namespace {

/// How long a person waits to hear that nobody answers at the address.
constexpr int kProbeMs = 20'000;
constexpr std::size_t kCertificateBytes = 256 * 1024;

std::string changes(std::uint64_t count, const char* one, const char* more) {
    return std::to_string(count) + (count == 1 ? " change " : " changes ") +
           (count == 1 ? one : more);
}

Error noKeyring() {
    return {ErrorCode::kLocked,
            "this program has no keyring to keep the token in: start hashirad with --datastore URL "
            "and --token-file FILE"};
}

Status checkWish(const front::SignIn& wanted) {
    if (const auto url = remote::DatastoreUrl::parse(wanted.datastore); !url) return url.error();
    if (wanted.token.empty()) return invalid("token: must not be empty");
    for (const char c : wanted.token)
        if (c <= ' ' || c > '~') return invalid("token: has characters that none has");
    const std::string& certificate = wanted.caCertificate;
    if (!certificate.empty() && (certificate.size() > kCertificateBytes ||
                                 certificate.find("-----BEGIN CERTIFICATE") == std::string::npos))
        return invalid("ca_certificate: is no certificate in PEM");
    return {};
}

Status makePrivateDirectory(const std::string& text) {
    namespace fs = std::filesystem;
    const fs::path path = toPath(text);
    std::error_code problem;
    if (fs::is_directory(path, problem)) return {};
    fs::create_directories(path, problem);
    if (!problem) fs::permissions(path, fs::perms::owner_all, problem);
    if (!problem) return {};
    return Error{ErrorCode::kDiskFull, "cannot make " + text + ": " + problem.message()};
}

}  // namespace

/// A sign-in under way.
struct Accounts::Attempt {
    front::SignIn wanted;
    std::function<void(Result<front::SignedIn>)> reply;
    Done done;
    SignInRecord record;  ///< what it makes
    front::SignedIn result;

    void end(Result<front::SignedIn> how) {
        reply(std::move(how));
        done();
    }
};

Accounts::Accounts(Settings settings, SignInRecord record, desktop::Keyring* keyring)
    : m_settings(std::move(settings)),
      m_record(std::move(record)),
      m_keyring(keyring),
      m_mailbox([this] { QCoreApplication::postEvent(this, new QEvent(QEvent::User)); }) {
    if (m_keyring == nullptr) return;
    m_keyring->onUsable([self = QPointer<Accounts>(this)] {
        if (!self || self->m_stopped || self->m_core == nullptr) return;
        self->m_core->retryFor(front::WaitingFor::kKeyring);
    });
}

Accounts::~Accounts() {
    stop();
}

void Accounts::follow(CoreThread& core) {
    m_core = &core;
    core.onPersonAsks([this] { m_personAsks = true; });
}

void Accounts::adjust(const std::function<void(CoreSettings&)>& change) {
    change(m_settings.core);
    m_core->adjust(change);
}

void Accounts::stop() {
    m_stopped = true;
    m_mailbox.close();
    m_probe.reset();
}

bool Accounts::event(QEvent* event) {
    if (event->type() != QEvent::User) return QObject::event(event);
    m_mailbox.drain([](auto) {});
    return true;
}

CoreSettings Accounts::coreSettings(const SignInRecord& record) const {
    CoreSettings core = m_settings.core;
    core.dataDir = accountDirectory(m_settings.dataDir, record);
    core.account = record.account;
    core.datastoreUrl = record.datastore;
    const auto url = remote::DatastoreUrl::parse(record.datastore);
    core.sync.configured = url.ok();
    core.sync.loopback = url && url->loopback;
    return core;
}

MakeLink Accounts::linkMaker() {
    return linkMaker(m_record);
}

MakeLink Accounts::linkMaker(const SignInRecord& record) {
    const auto url = remote::DatastoreUrl::parse(record.datastore);
    if (!url) return [](const remote::Post&) { return nullptr; };
    return [this, url = *url, record](const remote::Post& post) {
        return makeTokenLink(
            [this, key = record.key, post](std::function<void(Result<std::string>)> reply) {
                askToken(key, post, reply);
            },
            [url, post, certificate = record.caCertificate](const std::string& token) {
                return remote::makeGrpcLink({url, token, {}, certificate}, post);
            });
    };
}

void Accounts::askToken(const std::string& key, const remote::Post& post,
                        const std::function<void(Result<std::string>)>& reply) {
    this->post([this, key, post, reply] {
        const auto answer = [post, reply](const Result<std::string>& token) {
            post([reply, token] { reply(token); });
        };
        if (m_keyring == nullptr) return answer(noKeyring());
        m_keyring->read(key, m_personAsks.exchange(false), answer);
    });
}

// --- one after the other ---

void Accounts::enqueue(std::function<void(Done)> job) {
    post([this, job = std::move(job)]() mutable {
        m_waiting.push_back(std::move(job));
        next();
    });
}

void Accounts::next() {
    if (m_running || m_stopped || m_waiting.empty()) return;
    m_running = true;
    const auto job = std::move(m_waiting.front());
    m_waiting.pop_front();
    job([this] {
        m_running = false;
        post([this] { next(); });
    });
}

template <typename T>
std::function<void(Result<T>)> Accounts::here(std::function<void(Result<T>)> then) {
    return [this, then = std::move(then)](Result<T> result) {
        post([then, result = std::move(result)] { then(result); });
    };
}

// --- signing in ---

void Accounts::signIn(front::SignIn wanted, std::function<void(Result<front::SignedIn>)> reply) {
    if (!m_settings.fixed.empty()) return reply(Error{ErrorCode::kPrecondition, m_settings.fixed});
    if (const Status good = checkWish(wanted); !good) return reply(good.error());
    auto attempt = std::make_shared<Attempt>();
    attempt->wanted = std::move(wanted);
    attempt->reply = std::move(reply);
    enqueue([this, attempt](Done done) {
        attempt->done = std::move(done);
        probe(attempt);
    });
}

/// The first message of a Watch says whose the token is; no device id is told.
void Accounts::probe(const std::shared_ptr<Attempt>& attempt) {
    const front::SignIn& wanted = attempt->wanted;
    m_probe = remote::makeGrpcLink(
        {*remote::DatastoreUrl::parse(wanted.datastore), wanted.token, {}, wanted.caCertificate},
        [this](Mailbox::Job job) { post(std::move(job)); });
    auto* limit = new QTimer(this);
    // Whoever comes first: the hello, an error, the limit.
    const auto over = [this, limit] {
        limit->stop();
        limit->deleteLater();
        m_probe->close();
        // Not from within its own handler.
        post([link = std::shared_ptr(std::move(m_probe))] {});
    };
    connect(limit, &QTimer::timeout, this, [attempt, over] {
        over();
        attempt->end(
            Error{ErrorCode::kDeadline,
                  "the datastore does not answer: check the address, and whether it runs"});
    });
    limit->setSingleShot(true);
    limit->start(kProbeMs);
    sync::WatchRequest request;
    request.version = m_settings.core.version;
    m_probe->watch(std::move(request), {[this, attempt, over](const sync::Hello& hello) {
                                            over();
                                            attempt->result.account = hello.account;
                                            look(attempt);
                                        },
                                        [](std::uint64_t) {},
                                        [attempt, over](Error error) {
                                            over();
                                            attempt->end(std::move(error));
                                        }});
}

/// What would become of the tasks that are here now.
void Accounts::look(const std::shared_ptr<Attempt>& attempt) {
    if (!isUuid(attempt->result.account))
        return attempt->end(Error{ErrorCode::kPrecondition,
                                  "what answers there is no datastore: it names no account"});
    m_core->status(here<front::Status>([this, attempt](Result<front::Status> status) {
        if (!status) return attempt->end(status.error());
        front::SignedIn& result = attempt->result;
        result.status = *status;
        if (status->account.empty())
            result.adopts = status->pending;
        else if (status->account != result.account)
            result.leaves = status->pending;
        const front::SignIn& wanted = attempt->wanted;
        if (wanted.checkOnly) return attempt->end(result);
        if (result.adopts > 0 && !wanted.adopt)
            return attempt->end(
                Error{ErrorCode::kPrecondition,
                      changes(result.adopts, "was", "were") +
                          " made here before anybody signed in: they would become the "
                          "account's and go to its datastore. Agree to that (hashira login "
                          "--adopt), or use another data directory"});
        if (result.leaves > 0 && !wanted.leavePending)
            return attempt->end(Error{
                ErrorCode::kPrecondition,
                changes(result.leaves, "of the account so far is", "of the account so far are") +
                    " not synced yet: that would wait until it is "
                    "signed in again. Sync first, or agree to that (hashira login --force)"});
        place(attempt);
    }));
}

/// Each account has a directory of its own; the data directory itself is the first one's.
void Accounts::place(const std::shared_ptr<Attempt>& attempt) {
    const std::string& account = attempt->result.account;
    const std::string& now = attempt->result.status.account;
    attempt->record = {m_record.directory, attempt->wanted.datastore, attempt->wanted.caCertificate,
                       account, account + "/" + makeToken(m_random, 8)};
    if (now.empty() || now == account) return keepToken(attempt);
    attempt->record.directory = "accounts/" + account;
    if (m_record.directory.empty()) return keepToken(attempt);
    m_core->accountIn(m_settings.dataDir,
                      here<std::string>([this, attempt](const Result<std::string>& first) {
                          if (!first) return attempt->end(first.error());
                          if (*first == attempt->result.account) attempt->record.directory.clear();
                          keepToken(attempt);
                      }));
}

void Accounts::keepToken(const std::shared_ptr<Attempt>& attempt) {
    if (m_keyring == nullptr) return attempt->end(noKeyring());
    m_keyring->write(attempt->record.key, attempt->wanted.token,
                     [self = QPointer<Accounts>(this), attempt](const Status& written) {
                         if (!self || self->m_stopped) return;
                         if (!written) return attempt->end(written.error());
                         self->keepRecord(attempt);
                     });
}

void Accounts::keepRecord(const std::shared_ptr<Attempt>& attempt) {
    const auto fail = [this, attempt](const Error& error) {
        forgetToken(attempt->record.key);
        attempt->end(error);
    };
    const std::string directory = accountDirectory(m_settings.dataDir, attempt->record);
    if (const Status made = makePrivateDirectory(directory); !made) return fail(made.error());
    if (const Status kept = writeSignIn(m_settings.dataDir, attempt->record); !kept)
        return fail(kept.error());
    m_core->use(coreSettings(attempt->record), linkMaker(attempt->record),
                here<front::Status>([this, attempt, fail](const Result<front::Status>& status) {
                    if (!status) {
                        (void)writeSignIn(m_settings.dataDir, m_record);
                        return fail(status.error());
                    }
                    const std::string old = std::exchange(m_record, attempt->record).key;
                    forgetToken(old);
                    attempt->result.status = *status;
                    attempt->end(attempt->result);
                }));
}

void Accounts::forgetToken(const std::string& key) {
    if (!key.empty() && m_keyring != nullptr) m_keyring->remove(key, [](const Status&) {});
}

// --- signing out ---

void Accounts::signOut(bool leavePending, std::function<void(Result<front::Status>)> reply) {
    if (!m_settings.fixed.empty()) return reply(Error{ErrorCode::kPrecondition, m_settings.fixed});
    enqueue([this, leavePending, reply](const Done& done) {
        const auto end = [reply, done](const Result<front::Status>& how) {
            reply(how);
            done();
        };
        if (m_record.datastore.empty())
            return end(Error{ErrorCode::kPrecondition, "nobody is signed in"});
        m_core->status(here<front::Status>([this, leavePending, end](Result<front::Status> now) {
            if (!now) return end(now);
            if (now->pending > 0 && !leavePending)
                return end(Error{ErrorCode::kPrecondition,
                                 changes(now->pending, "is", "are") +
                                     " not synced yet: that would wait here until this account "
                                     "is signed in again. Sync first, or agree to that (hashira "
                                     "logout --force)"});
            leave(end);
        }));
    });
}

void Accounts::leave(const std::function<void(Result<front::Status>)>& end) {
    const SignInRecord left{m_record.directory, {}, {}, m_record.account, {}};
    if (const Status kept = writeSignIn(m_settings.dataDir, left); !kept) return end(kept.error());
    const std::string key = std::exchange(m_record, left).key;
    m_core->use(coreSettings(left), linkMaker(left),
                here<front::Status>([this, key, end](Result<front::Status> status) {
                    if (!status || m_keyring == nullptr) return end(status);
                    m_keyring->remove(key, [status, end](const Status& removed) mutable {
                        // Signed out all the same: nothing uses it any more.
                        if (!removed)
                            status->warnings.push_back("The token is still in the keyring: " +
                                                       removed.error().message);
                        end(status);
                    });
                }));
}

}  // namespace hashira::daemon
