import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const api = "http://127.0.0.1:8600";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": new URL("./src", import.meta.url).pathname } },
  build: {
    outDir: "../backend/nodeloom/web",
    emptyOutDir: true,
    // Inlined assets would be data: addresses, which the content security policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // elkjs is one file of 1.4 MB, fetched when somebody first tidies a canvas up.
    chunkSizeWarningLimit: 1600,
  },
  server: {
    port: 5173,
    proxy: { "/api": api, "/hooks": api, "/forms": api, "/chat": api, "/approvals": api },
  },
  test: { environment: "node", include: ["src/**/*.test.ts"] },
});
