import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const server = "http://127.0.0.1:8000";

const LIBRARIES =
  /node_modules[\\/](react|react-dom|scheduler|use-sync-external-store|openapi-fetch|@tanstack|wouter|regexparam|(@?socket|engine)\.io)/;

/** The page uses WebSockets only (see src/realtime/socket.ts), so nobody has to load the other transports. */
const webSocketsOnly: Plugin = {
  name: "websockets-only",
  enforce: "pre",
  load: (id) =>
    /engine\.io-client[\\/]build[\\/]esm[\\/]transports[\\/]index\.js$/.test(id)
      ? 'import { WS } from "./websocket.node.js";\nexport const transports = { websocket: WS };'
      : null,
};

export default defineConfig({
  plugins: [webSocketsOnly, react(), tailwindcss()],
  server: {
    proxy: {
      "/api": server,
      "/socket.io": { target: server, ws: true },
    },
  },
  build: {
    outDir: "../src/omnilens/web",
    emptyOutDir: true,
    target: "es2022",
    // A strict content security policy forbids data: fonts and inline modules.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What every page needs of others' code, in one file: small ones compress badly, and each takes a request.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [{ name: "libraries", test: LIBRARIES }],
        },
      },
    },
  },
  test: {
    environment: "happy-dom",
    setupFiles: ["src/testing/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
  },
});
