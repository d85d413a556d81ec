// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

#include <string>
#include <vector>

namespace hashira::board {

/// Labels as a person types them: `home, work`. One that would not come back so, as with a comma in
/// it, stands in quotes, and a quote in there twice: `"home, sweet home", "12"" records"`.
QString labelText(const QString& label);
QString labelsText(const std::vector<std::string>& labels);
/// Each once; without the spaces around, which count within quotes only.
std::vector<std::string> labelsOf(const QString& text);
/// Where the last one begins in the text: behind the last comma that is in no quotes.
qsizetype lastLabelIn(const QString& text);

}  // namespace hashira::board
