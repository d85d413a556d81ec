// SPDX-License-Identifier: MIT
#pragma once

#include "base/result.h"
#include "datastore/database_url.h"

#include <QStringList>

namespace hashira::app {

/// Whether `words` (the verb and its arguments) is one of the operator's verbs, rightly used.
/// kInvalid says how it is used.
Status checkAdmin(const QStringList& words);

/// Does it; prints to stdout what was asked for. `id`: --id, for `account add`.
Status runAdmin(const QStringList& words, const std::string& id,
                const datastore::DatabaseUrl& database);

}  // namespace hashira::app
