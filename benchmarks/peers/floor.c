/* The floor: the least that a server can do for an update. A POST becomes one frame, and send(2) is called for everyone.
 *
 *   floor PORT
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 20000, REQUEST = 8192 };

static const char WELCOME[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                              "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
static const char ANSWER[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

static int subscribers[MOST], subscriber_count;

static void broadcast(const char *text, size_t length) {
    char frame[REQUEST + 4] = {(char)0x81, 126, (char)(length >> 8), (char)length};
    memcpy(frame + 4, text, length);
    for (int i = 0; i < subscriber_count; i++)
        if (send(subscribers[i], frame, length + 4, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)length + 4) exit(1);
}

/* A request arrives whole or in two parts: the peer that sends it is on this machine. */
static void serve(int fd, int epoll) {
    char request[REQUEST + 1];
    ssize_t length = recv(fd, request, REQUEST, 0);
    if (length <= 0) {
        epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL);
        close(fd);
        return;
    }
    request[length] = 0;
    if (!strncmp(request, "GET ", 4)) {
        send(fd, WELCOME, sizeof WELCOME - 1, MSG_NOSIGNAL);
        if (subscriber_count < MOST) subscribers[subscriber_count++] = fd;
    } else if (!strncmp(request, "POST ", 5)) {
        char *body = strstr(request, "\r\n\r\n"), *announced = strcasestr(request, "\ncontent-length:");
        if (!body || !announced) exit(1);
        body += 4;
        size_t wanted = strtoul(announced + 16, NULL, 10), got = request + length - body;
        while (got < wanted) got += recv(fd, body + got, wanted - got, 0);
        broadcast(body, wanted);
        send(fd, ANSWER, sizeof ANSWER - 1, MSG_NOSIGNAL);
    }
}

int main(int count, char **arguments) {
    int listening = socket(AF_INET, SOCK_STREAM, 0), one = 1, epoll = epoll_create1(0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    address.sin_port = htons(count > 1 ? atoi(arguments[1]) : 8000);
    setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listening, (struct sockaddr *)&address, sizeof address) || listen(listening, 4096)) return 1;
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listening}, events[256];
    epoll_ctl(epoll, EPOLL_CTL_ADD, listening, &event);
    for (;;) {
        int ready = epoll_wait(epoll, events, 256, -1);
        for (int i = 0; i < ready; i++) {
            if (events[i].data.fd != listening) {
                serve(events[i].data.fd, epoll);
                continue;
            }
            int fd = accept(listening, NULL, NULL);
            if (fd < 0) continue;
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
            event.data.fd = fd;
            epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
        }
    }
}
