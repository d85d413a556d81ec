// SPDX-License-Identifier: MIT
#include "problems.h"

#include "words.h"

namespace hashirad::tray {
namespace {

using hashira::front::Connectivity;
using hashira::front::Status;
using hashira::front::WaitingFor;

/// Nothing where waiting for it is no problem of a person's.
Problem waitProblem(WaitingFor waitingFor) {
    switch (waitingFor) {
        case WaitingFor::kNothing:
        case WaitingFor::kNetwork:
        case WaitingFor::kResume:
        case WaitingFor::kSignIn: break;
        case WaitingFor::kKeyring:
            return {QStringLiteral("keyring"), Words::tr("The keyring cannot be opened"),
                    Words::tr(
                        "Hashira keeps its token in the keyring. Unlock it, and syncing goes on by "
                        "itself."),
                    Remedy::kSync};
        case WaitingFor::kClock:
            return {QStringLiteral("clock"), Words::tr("This machine's clock is wrong"),
                    Words::tr(
                        "It is more than a day ahead of the datastore's. Set it right, and syncing "
                        "goes on by itself."),
                    Remedy::kRead};
        case WaitingFor::kTls:
            return {QStringLiteral("tls"), Words::tr("The datastore cannot be trusted"),
                    Words::tr(
                        "Its certificate was refused. Check the network that you are in; where the "
                        "address or the certificate's authority changed, sign in again."),
                    Remedy::kSignIn};
        case WaitingFor::kToken:
            return {QStringLiteral("token"), Words::tr("Sign in again"),
                    Words::tr(
                        "The datastore does not accept your token any more. Your changes are safe "
                        "here and are sent once you are signed in."),
                    Remedy::kSignIn};
        case WaitingFor::kAccount:
            return {QStringLiteral("account"), Words::tr("Another account's tasks are here"),
                    Words::tr(
                        "These tasks belong to another account than the one signed in to. Sign in "
                        "to their account, or use another data directory."),
                    Remedy::kSignIn};
        case WaitingFor::kDisk:
            return {
                QStringLiteral("disk"), Words::tr("The disk is full"),
                Words::tr("Nothing new can be kept on this machine's disk. Make room, and Hashira "
                          "goes on by itself."),
                Remedy::kSync};
        case WaitingFor::kDatastore:
            return {
                QStringLiteral("datastore"), Words::tr("The datastore cannot serve now"),
                Words::tr("It was reached, but it does not take or give changes. Tell whoever runs "
                          "it. Your changes are safe here, and it is tried again by itself."),
                Remedy::kSync};
    }
    return {};
}

/// What a network wants before it lets anything through.
bool isPortal(const Status& status) {
    return status.network.reach == hashira::Reach::kPortal &&
           status.connectivity == Connectivity::kOffline;
}

}  // namespace

std::vector<Problem> problemsOf(const Status& status) {
    std::vector<Problem> problems;
    Problem waits = waitProblem(status.waitingFor);
    const bool paused = status.connectivity == Connectivity::kPaused;
    if (!waits.key.isEmpty() && !paused) {
        if (!status.lastError.empty())
            waits.text += QStringLiteral("\n\n") +
                          Words::tr("It said: %1").arg(QString::fromStdString(status.lastError));
        problems.push_back(std::move(waits));
    }
    if (isPortal(status))
        problems.push_back(
            {QStringLiteral("portal"), Words::tr("Sign in to this network"),
             Words::tr(
                 "The network lets nothing through before you sign in to it. Open any web page "
                 "in a browser, and syncing goes on by itself."),
             Remedy::kRead});
    if (status.rejected > 0)
        problems.push_back(
            {QStringLiteral("rejected"),
             status.rejected == 1 ? Words::tr("A change was refused")
                                  : Words::tr("%1 changes were refused").arg(status.rejected),
             Words::tr("The datastore did not accept it. Look at it on the board, and "
                       "retry it or let it go."),
             Remedy::kRejected});
    for (const std::string& warning : status.warnings)
        problems.push_back({QStringLiteral("warning:") + QString::fromStdString(warning),
                            Words::tr("Something that you should know"),
                            QString::fromStdString(warning), Remedy::kRead});
    return problems;
}

QString noTrayIcon() {
    return Words::tr(
        "There is no place for a tray icon on this desktop. Hashira runs without one.");
}

QString remedyText(Remedy remedy) {
    switch (remedy) {
        case Remedy::kRead: return {};
        case Remedy::kRejected: return Words::tr("Show the refused changes");
        case Remedy::kSignIn: return Words::tr("Sign in…");
        case Remedy::kSync: return Words::tr("Try again now");
    }
    return {};
}

}  // namespace hashirad::tray
