// Bun's own publish, uWebSockets inside: no Socket.IO, no signature, no state. A POST goes out as it came.
//
//   bun bun.js PORT

Bun.serve({
  port: Number(process.argv[2]),
  hostname: '127.0.0.1',
  async fetch(request, server) {
    if (request.method === 'POST') {
      server.publish('octo-repo', await request.text())
      return new Response('ok')
    }
    return server.upgrade(request) ? undefined : new Response('ok')
  },
  websocket: {
    perMessageDeflate: false,
    idleTimeout: 900,
    open(socket) {
      socket.subscribe('octo-repo')
    },
    message() {},
  },
})
