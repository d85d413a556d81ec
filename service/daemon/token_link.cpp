// SPDX-License-Identifier: MIT
#include "daemon/token_link.h"

#include <utility>

namespace hashira::daemon {
namespace {

class TokenLink final : public remote::Link {
public:
    TokenLink(AskToken ask, MakeTokenLink make) : m_ask(std::move(ask)), m_make(std::move(make)) {}
    ~TokenLink() override { *m_asking = false; }

    void watch(sync::WatchRequest request, remote::WatchHandlers handlers) override {
        stopAsking();
        if (m_refused) {
            m_link.reset();
            m_refused = false;
        }
        handlers.ended = [this, ended = std::move(handlers.ended)](Error error) {
            m_refused = error.code == ErrorCode::kUnauthenticated;
            ended(std::move(error));
        };
        if (m_link) return m_link->watch(std::move(request), std::move(handlers));
        m_ask([this, asking = m_asking, request = std::move(request),
               handlers = std::move(handlers)](Result<std::string> token) mutable {
            if (!*asking) return;
            if (!token) return handlers.ended(tokenError(token.error()));
            m_link = m_make(*token);
            m_link->watch(std::move(request), std::move(handlers));
        });
    }

    // What follows is called only while a watch stands.
    void apply(sync::ApplyRequest request,
               std::function<void(Result<sync::ApplyResponse>)> reply) override {
        if (m_link) m_link->apply(std::move(request), std::move(reply));
    }
    void push(sync::PushRequest request,
              std::function<void(Result<sync::PushResponse>)> reply) override {
        if (m_link) m_link->push(std::move(request), std::move(reply));
    }
    void fetch(sync::FetchRequest request, remote::FetchHandlers handlers) override {
        if (m_link) m_link->fetch(std::move(request), std::move(handlers));
    }
    void close() override {
        stopAsking();
        if (m_link) m_link->close();
    }

private:
    /// A keyring that holds nothing is as a token that is not known: sign in again.
    static Error tokenError(Error error) {
        if (error.code == ErrorCode::kNotFound) {
            error.code = ErrorCode::kUnauthenticated;
            error.message += " of this sign-in: sign in again";
        }
        return error;
    }
    void stopAsking() {
        *m_asking = false;
        m_asking = std::make_shared<bool>(true);
    }

    const AskToken m_ask;
    const MakeTokenLink m_make;
    std::unique_ptr<remote::Link> m_link;
    bool m_refused = false;
    std::shared_ptr<bool> m_asking = std::make_shared<bool>(true);
};

}  // namespace

std::unique_ptr<remote::Link> makeTokenLink(AskToken ask, MakeTokenLink make) {
    return std::make_unique<TokenLink>(std::move(ask), std::move(make));
}

}  // namespace hashira::daemon
