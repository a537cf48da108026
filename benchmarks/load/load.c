/* The load: WebSocket clients and HTTP senders in one epoll loop.
 *
 *   load PORT socketio|raw PATH own-core|shared-core
 *
 * Commands come on stdin, a line each; every answer is a line of JSON. In between the clients answer heartbeats.
 *
 *   connect N                     N more clients, subscribed
 *   stall N                       N more that subscribe and then never read
 *   requests FILE                 complete HTTP requests, each behind its length in four bytes
 *   senders K                     K connections for them, kept alive
 *   sequential FIRST COUNT PER    one after the other, the next when everybody has the PER updates of the last
 *   burst FIRST COUNT PER         as fast as the connections take them
 *   pace FIRST COUNT RATE         RATE a second, whether or not the server keeps up
 *   post FIRST COUNT              as fast as answers come, with nobody listening
 *   drain                         read what the stalled have, and say whether they were cut
 *
 * A lost or surplus update, a refusal and a closed connection are errors: the program says so and ends.
 */
#include "common.h"

#include "clients.h"
#include "senders.h"

/* The loop */

static void step(int timeout) {
    static struct epoll_event events[EVENTS];
    int count = epoll_wait(epoll, events, EVENTS, timeout);
    for (int i = 0; i < count; i++) {
        void *whom = events[i].data.ptr;
        if (whom == NULL) command_waits = true;
        else if (*(bool *)whom) read_client(whom);
        else {
            if (events[i].events & ~EPOLLOUT) read_sender(whom);
            else write_request(whom);
        }
    }
}

static void issue_what_is_due(void) {
    while (run.issued < run.count && idle_count) {
        double due = 0;
        if (run.mode == SEQUENTIAL && (run.answered < run.issued || run.total < run.issued * reading * run.per)) return;
        if (run.mode == PACED) due = run.start + run.issued / run.rate;
        if (run.mode == PACED && due > now()) return;
        issue(run.mode == BURST ? run.start : due);
    }
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_times(const char *name, double *times, long count) {
    qsort(times, count, sizeof *times, ascending);
    double at[] = {0.5, 0.99, 1};
    const char *called[] = {"p50", "p99", "max"};
    for (int i = 0; i < 3; i++)
        printf(", \"%s_%s\": %.6f", name, called[i], count ? times[(long)((count - 1) * at[i])] : 0.0);
}

static void perform(enum mode mode, long first, long count, long per, double rate) {
    reading = mode == POSTING ? 0 : client_count;
    if (!sender_count || !request_count) fail("no senders or no requests");
    run = (Run){.mode = mode, .first = first, .count = count, .per = per, .rate = rate, .expected = reading * count * per};
    run.began = calloc(count + 1, sizeof(double));
    run.answer = calloc(count + 1, sizeof(double));
    run.latency = calloc(run.expected + 1, sizeof(double));
    for (long i = 0; i < client_count; i++) clients[i]->updates = 0;
    run.start = now();
    while (run.answered < run.count || run.total < run.expected) {
        issue_what_is_due();
        /* To wake a sleeper is work, and it would be the server's: clients elsewhere would not cost it that. */
        step(own_core ? 0 : 1);
        if (now() - run.start > LONGEST_RUN)
            fail("%ld of %ld updates and %ld of %ld answers after %d s", run.total, run.expected, run.answered, run.count, LONGEST_RUN);
    }
    double seconds = now() - run.start;
    for (long i = 0; i < client_count && reading; i++)
        if (clients[i]->updates != count * per) fail("a client got %u of %ld updates", clients[i]->updates, count * per);
    printf("{\"updates\": %ld, \"received\": %ld, \"answers\": %ld, \"bytes\": %ld, \"seconds\": %.6f", run.total, run.received,
           run.answered, run.bytes, seconds);
    print_times("update", run.latency, run.latencies);
    print_times("answer", run.answer, run.answered);
    printf("}\n");
    free(run.began);
    free(run.answer);
    free(run.latency);
}

/* Commands */

static void connect_clients(long count, Client ***list, long *length, int receive_buffer) {
    double start = now();
    long before = ready_count, made = 0;
    *list = realloc(*list, (*length + count) * sizeof **list);
    while (ready_count - before < count) {
        while (made < count && made - (ready_count - before) < CLIENTS_AT_ONCE) {
            (*list)[(*length)++] = new_client(receive_buffer);
            made++;
        }
        step(100);
        if (now() - start > LONGEST_RUN) fail("%ld of %ld clients after %d s", ready_count - before, count, LONGEST_RUN);
    }
    printf("{\"clients\": %ld, \"seconds\": %.6f}\n", count, now() - start);
}

static void stall(long count) {
    long before = stalled_count;
    connect_clients(count, &stalled, &stalled_count, 4096);
    for (long i = before; i < stalled_count; i++) watch(stalled[i]->fd, 0, stalled[i], EPOLL_CTL_DEL);
}

static void drain(void) {
    long cut = 0, bytes = 0;
    for (long i = 0; i < stalled_count; i++)
        for (;;) {
            struct pollfd waiting = {.fd = stalled[i]->fd, .events = POLLIN};
            if (!poll(&waiting, 1, 3000)) break;
            ssize_t got = recv(stalled[i]->fd, buffer, BUFFER, 0);
            if (got <= 0) { cut++; break; }
            bytes += got;
        }
    printf("{\"stalled\": %ld, \"cut\": %ld, \"bytes\": %ld}\n", stalled_count, cut, bytes);
}

static void load_requests(const char *name) {
    FILE *file = fopen(name, "rb");
    if (!file) fail("%s: %s", name, strerror(errno));
    uint32_t length;
    request_count = 0;
    while (fread(&length, 4, 1, file) == 1) {
        char *bytes = malloc(length);
        if (fread(bytes, 1, length, file) != length) fail("%s ends early", name);
        if (request_count >= capacity) requests = realloc(requests, (capacity = 2 * capacity + 64) * sizeof *requests);
        requests[request_count++] = (Request){bytes, length};
    }
    fclose(file);
    printf("{\"requests\": %ld}\n", request_count);
}

static void open_senders(long count) {
    senders = realloc(senders, (sender_count + count) * sizeof *senders);
    idle = realloc(idle, (sender_count + count) * sizeof *idle);
    for (long i = 0; i < count; i++) {
        Sender *sender = calloc(1, sizeof *sender);
        connect_sender(sender);
        senders[sender_count++] = idle[idle_count++] = sender;
    }
    printf("{\"senders\": %ld}\n", sender_count);
}

static void obey(const char *line) {
    char name[512];
    long a, b, c;
    double rate;
    if (sscanf(line, "connect %ld", &a) == 1) connect_clients(a, &clients, &client_count, 0);
    else if (sscanf(line, "stall %ld", &a) == 1) stall(a);
    else if (sscanf(line, "requests %511[^\n]", name) == 1) load_requests(name);
    else if (sscanf(line, "senders %ld", &a) == 1) open_senders(a);
    else if (sscanf(line, "sequential %ld %ld %ld", &a, &b, &c) == 3) perform(SEQUENTIAL, a, b, c, 0);
    else if (sscanf(line, "burst %ld %ld %ld", &a, &b, &c) == 3) perform(BURST, a, b, c, 0);
    else if (sscanf(line, "pace %ld %ld %lf", &a, &b, &rate) == 3) perform(PACED, a, b, 1, rate);
    else if (sscanf(line, "post %ld %ld", &a, &b) == 2) perform(POSTING, a, b, 0, 0);
    else if (!strncmp(line, "drain", 5)) drain();
    else fail("unknown command: %s", line);
    fflush(stdout);
}

int main(int count, char **arguments) {
    if (count != 5) fail("usage: load PORT socketio|raw PATH own-core|shared-core");
    port = atoi(arguments[1]);
    socket_io = !strcmp(arguments[2], "socketio");
    path = arguments[3];
    own_core = !strcmp(arguments[4], "own-core");
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    epoll = epoll_create1(0);
    watch(0, EPOLLIN, NULL, EPOLL_CTL_ADD);
    for (char line[600];;) {
        step(-1);
        if (!command_waits) continue;
        command_waits = false;
        if (!fgets(line, sizeof line, stdin)) return 0;
        obey(line);
    }
}
