// Emulated vendors on demand, one line of JSON each way: {id, start: {service, seed, baseUrl, port}} -> {id}, {id, stop: port} -> {id}.
// Ends when its standard input does, so it can't outlive whoever started it.
import { createInterface } from "node:readline";
import { createEmulator } from "emulate";

const running = new Map();

async function act({ start, stop }) {
  if (start) {
    running.set(start.port, await createEmulator(start));
    return;
  }
  await running.get(stop)?.close();
  running.delete(stop);
}

const input = createInterface({ input: process.stdin });
input.on("line", async (line) => {
  const request = JSON.parse(line);
  const failed = await act(request).then(() => ({}), (error) => ({ error: String(error) }));
  process.stdout.write(`${JSON.stringify({ id: request.id, ...failed })}\n`);
});
input.on("close", () => process.exit(0));
