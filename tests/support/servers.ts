// Servers of a test's own: where they listen, and their end.
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Of one that listens on 127.0.0.1. */
export const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** Ends those that were started, with every connection that is open. */
export function closeServers(...servers: (Server | undefined)[]): void {
  for (const server of servers) {
    server?.close();
    server?.closeAllConnections();
  }
}
