/* HTTP senders: requests that were made beforehand go out, and answers are counted. */

static void connect_sender(Sender *sender) {
    sender->fd = dial(0);
    watch(sender->fd, EPOLLIN, sender, EPOLL_CTL_ADD);
}

/* Servers close what was idle for some seconds, maybe just as the next request comes: then it goes out once more. */
static void lost(Sender *sender) {
    if (sender->head_length || sender->in_body) fail("a sender lost its connection");
    close(sender->fd);
    connect_sender(sender);
    if (!sender->busy) return;
    if (sender->again) fail("a sender lost its connection twice");
    sender->again = true;
    sender->out = sender->request->bytes;
    sender->out_left = sender->request->length;
    watch(sender->fd, EPOLLIN | EPOLLOUT, sender, EPOLL_CTL_MOD);
}

static void write_request(Sender *sender) {
    ssize_t sent = send(sender->fd, sender->out, sender->out_left, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) {
        lost(sender);
        return;
    }
    if (sent > 0) { sender->out += sent; sender->out_left -= sent; }
    watch(sender->fd, sender->out_left ? EPOLLIN | EPOLLOUT : EPOLLIN, sender, EPOLL_CTL_MOD);
}

static void issue(double began) {
    Sender *sender = idle[--idle_count];
    sender->request = &requests[(run.first + run.issued) % request_count];
    sender->out = sender->request->bytes;
    sender->out_left = sender->request->length;
    sender->again = false;
    sender->sent = now();
    sender->busy = true;
    run.began[run.issued++] = began ? began : sender->sent;
    write_request(sender);
}

static void answered(Sender *sender) {
    run.answer[run.answered++] = now() - sender->sent;
    sender->head_length = 0;
    sender->in_body = sender->busy = false;
    idle[idle_count++] = sender;
}

static void answer_head(Sender *sender, char *end) {
    *end = 0;
    int status = atoi(sender->head + 9);
    if (status != 304 && status / 100 != 2) fail("refused: %.40s", sender->head);
    char *length = strcasestr(sender->head, "\ncontent-length:");
    if (!length && status != 304) fail("an answer without a length");
    sender->body_left = length && status != 304 ? strtoul(length + 16, NULL, 10) : 0;
    sender->in_body = true;
}

static void read_sender(Sender *sender) {
    char *data = sender->in_body ? buffer : sender->head + sender->head_length;
    ssize_t got = recv(sender->fd, data, sender->in_body ? BUFFER : sizeof sender->head - 1 - sender->head_length, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {
        lost(sender);
        return;
    }
    run.bytes += got;
    size_t of_body = got;
    if (!sender->in_body) {
        sender->head_length += got;
        char *end = memmem(sender->head, sender->head_length, "\r\n\r\n", 4);
        if (!end) return;
        of_body = sender->head + sender->head_length - (end + 4);
        answer_head(sender, end);
    }
    if (of_body > sender->body_left) fail("an answer longer than announced");
    sender->body_left -= of_body;
    if (!sender->body_left) answered(sender);
}
