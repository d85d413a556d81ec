// SPDX-License-Identifier: MIT
#include "simulation/scripts.h"

#include <QCoreApplication>

int main(int argc, char** argv) {
    QCoreApplication app(argc, argv);
    return hashira::sim::runScripts(argc, argv) + hashira::sim::runClockScripts(argc, argv) +
           hashira::sim::runSweepScripts(argc, argv);
}
