// SPDX-License-Identifier: MIT
#include "datastore/metrics_server.h"

#include <QHostAddress>
#include <QTcpServer>
#include <QTcpSocket>
#include <QThread>
#include <QTimer>

#include <utility>

namespace hashira::datastore {
namespace {

QByteArray response(const char* status, const char* type, const QByteArray& body, bool head) {
    return QByteArray("HTTP/1.1 ") + status + "\r\nContent-Type: " + type +
           "\r\nContent-Length: " + QByteArray::number(body.size()) +
           "\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n" +
           (head ? QByteArray() : body);
}

QByteArray refusal(const char* status) {
    return response(status, "text/plain; charset=utf-8", QByteArray(status) + '\n', false);
}

/// What a whole request (its lines up to the empty one) is answered.
QByteArray answerTo(const QByteArray& request, const std::function<std::string()>& text) {
    const QList<QByteArray> words = request.left(request.indexOf("\r\n")).split(' ');
    if (words.size() != 3 || !words[2].startsWith("HTTP/1.")) return refusal("400 Bad Request");
    const bool head = words[0] == "HEAD";
    if (!head && words[0] != "GET") return refusal("405 Method Not Allowed");
    if (words[1].split('?').first() != "/metrics") return refusal("404 Not Found");
    return response("200 OK", "text/plain; version=0.0.4; charset=utf-8",
                    QByteArray::fromStdString(text()), head);
}

/// One connection: a request, an answer, the end.
void serve(QTcpSocket* socket, const std::function<std::string()>& text) {
    QObject::connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    QTimer::singleShot(MetricsServer::kSeconds * 1'000, socket, [socket] { socket->abort(); });
    // What is more stays in the system's own bounded buffer. Larger than a request: to close while
    // something is unread would take the answer from the client.
    socket->setReadBufferSize(8 * MetricsServer::kRequestBytes);
    QObject::connect(socket, &QTcpSocket::readyRead, socket, [socket, text] {
        const QByteArray request = socket->peek(MetricsServer::kRequestBytes + 1);
        const bool whole = request.contains("\r\n\r\n");
        if (!whole && request.size() <= MetricsServer::kRequestBytes) return;
        QObject::disconnect(socket, &QTcpSocket::readyRead, socket, nullptr);
        socket->readAll();
        socket->write(whole ? answerTo(request, text)
                            : refusal("431 Request Header Fields Too Large"));
        socket->disconnectFromHost();
    });
}

QHostAddress addressOf(const Endpoint& endpoint) {
    if (endpoint.host == "localhost") return QHostAddress::LocalHost;
    QString host = QString::fromStdString(endpoint.host);
    if (host.startsWith(QLatin1Char('['))) host = host.mid(1, host.size() - 2);
    return QHostAddress(host);
}

/// On the thread.
void listen(QTcpServer& server, const std::function<std::string()>& text) {
    QObject::connect(&server, &QTcpServer::newConnection, &server, [&server, text] {
        while (QTcpSocket* socket = server.nextPendingConnection()) {
            const auto open =
                server.findChildren<QTcpSocket*>(QString(), Qt::FindDirectChildrenOnly);
            if (open.size() > MetricsServer::kConnections)
                delete socket;
            else
                serve(socket, text);
        }
    });
}

}  // namespace

MetricsServer::MetricsServer(const Endpoint& endpoint)
    : m_endpoint(endpoint), m_thread(std::make_unique<QThread>()), m_server(new QTcpServer) {}

Result<std::unique_ptr<MetricsServer>> MetricsServer::start(const Endpoint& endpoint,
                                                            std::function<std::string()> text) {
    if (!endpoint.loopback())
        return Error{ErrorCode::kDenied,
                     "refusing to tell metrics on " + endpoint.target() +
                         ": they are for this machine only; listen on 127.0.0.1"};
    std::unique_ptr<MetricsServer> self(new MetricsServer(endpoint));
    listen(*self->m_server, text);
    if (!self->m_server->listen(addressOf(endpoint), endpoint.port)) {
        delete std::exchange(self->m_server, nullptr);
        return Error{ErrorCode::kBusy, "cannot listen on " + endpoint.target() +
                                           " for metrics: another program listens there"};
    }
    self->m_endpoint.port = self->m_server->serverPort();
    self->m_server->moveToThread(self->m_thread.get());
    QObject::connect(self->m_thread.get(), &QThread::finished, self->m_server,
                     &QObject::deleteLater);
    self->m_thread->start();
    return self;
}

MetricsServer::~MetricsServer() {
    m_thread->quit();
    m_thread->wait();
}

}  // namespace hashira::datastore
