// Ports for the parts. They lie below the range from which the system takes ports for outgoing
// connections. So a part that is restarted finds its port still free.
import { once } from "node:events";
import { createServer } from "node:net";

const LOWEST = 20_000;
const HIGHEST = 32_000;
const TRIES = 200;
/** `localhost` means either of them. */
const LOOPBACKS = ["127.0.0.1", "::1"];

/** False only when somebody listens there. An address that this machine lacks is free. */
async function isFreeOn(host: string, port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, "listening");
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE") return false;
    if (code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT") return true;
    throw error;
  } finally {
    server.close();
  }
}

export async function isFree(port: number): Promise<boolean> {
  const free = await Promise.all(LOOPBACKS.map((host) => isFreeOn(host, port)));
  return free.every(Boolean);
}

/** As many different free ports as `count` says. */
export async function pickPorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  for (let tries = 0; tries < TRIES && ports.size < count; tries++) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if (!ports.has(port) && (await isFree(port))) ports.add(port);
  }
  if (ports.size < count) throw new Error(`found no ${count} free ports from ${LOWEST} to ${HIGHEST}`);
  return [...ports];
}
