// SPDX-License-Identifier: MIT
#include "translations/translations.h"

#include <QCoreApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QTranslator>

namespace hashira::translations {
namespace {

void load(QCoreApplication& application, const QString& name, const QString& directory) {
    auto* translator = new QTranslator(&application);
    // Who reads none of our languages reads English, with its plurals.
    if (translator->load(QLocale(), name, QStringLiteral("_"), directory) ||
        translator->load(name + QStringLiteral("_en"), directory))
        QCoreApplication::installTranslator(translator);
    else
        delete translator;
}

}  // namespace

void install(QCoreApplication& application, const QString& program) {
    load(application, QStringLiteral("qtbase"), QLibraryInfo::path(QLibraryInfo::TranslationsPath));
    load(application, program, QStringLiteral(":/translations"));
    // The board says some things in the tray's words.
    if (program != QLatin1String("tray"))
        load(application, QStringLiteral("tray"), QStringLiteral(":/translations"));
}

}  // namespace hashira::translations
