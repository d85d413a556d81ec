// SPDX-License-Identifier: MIT
#pragma once

#include "desktop/autostart.h"

#include <QSettings>

namespace hashira::desktop {

/// Windows' way: a value of the registry's Run key, a command line.
class RunKeyAutostart final : public Autostart {
public:
    /// `key`: the Run key, or a file in the place of it where `format` is one of files.
    RunKeyAutostart(QString key, QSettings::Format format, LoginProgram program);

    bool enabled() const override;
    Status set(bool enabled) override;

private:
    const QString m_key;
    const QSettings::Format m_format;
    const LoginProgram m_program;
};

}  // namespace hashira::desktop
