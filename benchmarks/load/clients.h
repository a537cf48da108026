/* WebSocket clients: handshake, Socket.IO's greeting and subscription, and frames, of which only the heads are read. */

static void say(Client *client, int opcode, const char *payload, size_t length) {
    char frame[128] = {(char)(0x80 | opcode), (char)(0x80 | length)}; /* masked with zeros */
    memcpy(frame + 6, payload, length);
    if (send(client->fd, frame, 6 + length, MSG_NOSIGNAL) < 0) fail("send: %s", strerror(errno));
}

static void say_text(Client *client, const char *text) { say(client, 1, text, strlen(text)); }

static void ready(Client *client) {
    client->stage = READY;
    ready_count++;
}

static void arrived(Client *client, double at) {
    long post = client->updates++ / (run.per ? run.per : 1);
    if (post >= run.issued) fail("an update too many");
    run.latency[run.latencies++] = at - run.began[post];
    run.total++;
}

static void text_message(Client *client, double at) {
    const char *text = client->start;
    if (text[0] == '2' && client->start_length == 1) say_text(client, "3");
    else if (client->stage == READY && !strncmp(text, "42", 2)) arrived(client, at);
    else if (client->stage == GREETING && text[0] == '0') {
        client->stage = CONNECTING;
        say_text(client, "40");
    } else if (client->stage == CONNECTING && !strncmp(text, "40", 2)) {
        client->stage = SUBSCRIBING;
        say_text(client, "420[\"subscribe-repo\",\"octo-repo\"]");
    } else if (client->stage == SUBSCRIBING && !strncmp(text, "430[{\"ok\":true", 14)) ready(client);
    else fail("an unexpected message: %s", text);
}

static void frame_complete(Client *client, double at) {
    int opcode = client->head[0] & 15;
    client->start[client->start_length] = 0;
    if (opcode == 8) fail("a client was closed by the server, code %d",
                          (uint8_t)client->start[0] << 8 | (uint8_t)client->start[1]);
    if (opcode == 9) say(client, 10, client->start, client->start_length); /* pings are short */
    if (opcode == 1) text_message(client, at);
    client->in_payload = false;
    client->head_length = client->start_length = 0;
}

/* Returns whether the length is known. */
static bool head_complete(Client *client) {
    if (client->head_length < 2) return false;
    int size = client->head[1] & 127, more = size < 126 ? 0 : size == 126 ? 2 : 8;
    if (client->head_length < 2 + more) return false;
    client->left = size;
    if (more) client->left = 0;
    for (int i = 0; i < more; i++) client->left = client->left << 8 | client->head[2 + i];
    client->in_payload = true;
    return true;
}

static size_t feed_handshake(Client *client, const char *data, size_t length) {
    for (size_t i = 0; i < length; i++) {
        if (client->start_length < 16) client->start[client->start_length++] = data[i];
        client->ending = data[i] == "\r\n\r\n"[client->ending] ? client->ending + 1 : data[i] == '\r';
        if (client->ending < 4) continue;
        if (strncmp(client->start, "HTTP/1.1 101", 12)) fail("no WebSocket: %.16s", client->start);
        client->start_length = 0;
        client->stage = GREETING;
        if (!socket_io) ready(client);
        return i + 1;
    }
    return length;
}

static void feed(Client *client, const char *data, size_t length, double at) {
    while (length) {
        size_t used = 1;
        if (client->stage == HANDSHAKE) used = feed_handshake(client, data, length);
        else if (client->in_payload) {
            used = length < client->left ? length : client->left;
            size_t room = 16 - client->start_length, kept = room < used ? room : used;
            memcpy(client->start + client->start_length, data, kept);
            client->start_length += kept;
            client->left -= used;
            if (!client->left) frame_complete(client, at);
        } else {
            client->head[client->head_length++] = *data;
            if (head_complete(client) && !client->left) frame_complete(client, at);
        }
        data += used;
        length -= used;
    }
}

static void read_client(Client *client) {
    ssize_t got = recv(client->fd, buffer, BUFFER, 0);
    if (got > 0) {
        run.received += got;
        feed(client, buffer, got, now());
    }
    if (got == 0 || (got < 0 && errno != EAGAIN)) fail("a client lost its connection");
}

static Client *new_client(int receive_buffer) {
    Client *client = calloc(1, sizeof *client);
    client->is_client = true;
    client->fd = dial(receive_buffer);
    char text[512];
    int length = snprintf(text, sizeof text,
        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n", path, port);
    if (send(client->fd, text, length, MSG_NOSIGNAL) != length) fail("send: %s", strerror(errno));
    watch(client->fd, EPOLLIN, client, EPOLL_CTL_ADD);
    return client;
}
