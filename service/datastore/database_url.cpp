// SPDX-License-Identifier: MIT
#include "datastore/database_url.h"

#include "datastore/postgresql_session.h"

namespace hashira::datastore {

Result<DatabaseUrl> DatabaseUrl::parse(const std::string& text) {
    const std::string scheme = "sqlite:";
    if (text.rfind(scheme, 0) == 0 && text.size() > scheme.size())
        return DatabaseUrl{text.substr(scheme.size()), {}};
    if (text.rfind("postgresql:", 0) == 0 || text.rfind("postgres:", 0) == 0) {
        if (const auto parameters = postgresqlParameters(text); !parameters)
            return parameters.error();
        return DatabaseUrl{{}, text};
    }
    // A mistyped scheme is no reason to show what stands behind it: it may be a password.
    const auto end = text.find("://");
    const std::string named = end == std::string::npos ? text : text.substr(0, end) + "://…";
    return invalid("the database \"" + named + "\" must be sqlite:PATH or postgresql://HOST/NAME");
}

std::string DatabaseUrl::shown() const {
    if (!path.empty()) return path;
    auto parameters = postgresqlParameters(postgresql);
    if (!parameters) return "postgresql:";
    return "postgresql://" + (*parameters)["host"] + "/" + (*parameters)["dbname"];
}

}  // namespace hashira::datastore
