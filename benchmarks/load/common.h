/* What the parts of the load share: clients, senders, the run under way, and the way to give up. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CLIENTS_AT_ONCE = 200, BUFFER = 1 << 18, LONGEST_RUN = 180, EVENTS = 1024 };
enum stage { HANDSHAKE, GREETING, CONNECTING, SUBSCRIBING, READY };
enum mode { SEQUENTIAL, BURST, PACED, POSTING };

typedef struct {
    bool is_client; /* first in both structs: epoll hands out either */
    int fd;
    enum stage stage;
    uint8_t ending;            /* how much of the empty line behind the handshake's answer was seen */
    uint8_t head[14], head_length;
    uint64_t left;             /* bytes of this frame's payload still to come */
    char start[17];            /* its first bytes */
    uint8_t start_length;
    bool in_payload;
    uint32_t updates;
} Client;

typedef struct { const char *bytes; size_t length; } Request;

typedef struct {
    bool is_client;
    int fd;
    const Request *request;
    const char *out;
    size_t out_left;
    char head[4096];
    size_t head_length;
    size_t body_left;
    bool in_body, busy, again;
    double sent;
} Sender;

typedef struct {
    enum mode mode;
    long count, per, issued, answered, total, expected, bytes, received, first, latencies;
    double rate, start, *began, *latency, *answer;
} Run;

static int epoll, port;
static bool socket_io, own_core, command_waits;
static const char *path;
static Client **clients, **stalled;
static Sender **senders, **idle;
static Request *requests;
static long capacity, client_count, stalled_count, ready_count, sender_count, idle_count, request_count, reading;
static char buffer[BUFFER];
static Run run;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static void fail(const char *format, ...) {
    char text[600];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    for (char *c = text; *c; c++)
        if (*c == '"' || *c == '\\' || (unsigned char)*c < ' ') *c = '\'';
    printf("{\"error\": \"%s\"}\n", text);
    fflush(stdout);
    exit(1);
}

static void watch(int fd, uint32_t events, void *whom, int operation) {
    struct epoll_event event = {.events = events, .data.ptr = whom};
    if (epoll_ctl(epoll, operation, fd, &event)) fail("epoll_ctl: %s", strerror(errno));
}

static int dial(int receive_buffer) {
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    if (fd < 0) fail("socket: %s", strerror(errno));
    if (receive_buffer) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connect(fd, (struct sockaddr *)&address, sizeof address)) fail("connect: %s", strerror(errno));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}
