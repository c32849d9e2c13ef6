// X-Ray's daemon, as far as a function knows it: an address that takes segments by UDP.
import { createSocket } from "node:dgram";
import { until } from "./until.ts";

type Segment = {
  id: string;
  parent_id: string;
  trace_id: string;
  name: string;
  start_time?: number;
  end_time?: number;
  aws?: { operation?: string; request_id?: string; id_2?: string };
  http?: { response?: { status?: number } };
  /** Of an error, with the place in the bundle where it was thrown. */
  cause?: { exceptions: { type: string; message: string }[] };
};

/** What people read of a segment, without the ids, times and places that no two runs share. */
export type Told = {
  name: string;
  parent: string;
  aws: { operation?: string };
  status: number | undefined;
  causes: string[] | undefined;
};

export type Daemon = {
  /** What a function finds in its environment. */
  env: Record<string, string>;
  /** Resolves with what was heard since it was last asked, in an order of its own. */
  heard: () => Promise<Told[]>;
  close: () => void;
};

const END = "that is all";

export async function startDaemon(): Promise<Daemon> {
  let segments: Segment[] = [];
  let hasEnded = false;
  const socket = createSocket("udp4", (message) => {
    if (message.toString() === END) hasEnded = true;
    else segments.push(JSON.parse(message.toString().split("\n")[1] ?? "") as Segment);
  });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const { port } = socket.address();
  return {
    env: {
      AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${port}`,
      AWS_XRAY_CONTEXT_MISSING: "IGNORE_ERROR",
      LAMBDA_TASK_ROOT: "/var/task",
    },
    heard: async () => {
      // A loopback keeps what comes in the order in which it was sent.
      socket.send(END, port, "127.0.0.1");
      await until(() => hasEnded, "the daemon has heard all that was sent");
      const told = toldOf(segments);
      segments = [];
      hasEnded = false;
      return told;
    },
    close: () => socket.close(),
  };
}

/** A parent that is among them is called by its name, and any other by its id. */
function toldOf(segments: readonly Segment[]): Told[] {
  const names = new Map(segments.map(({ id, name }) => [id, name]));
  return segments
    .map(({ id: _, start_time: __, end_time: ___, parent_id, aws, http, cause, ...kept }) => {
      const { request_id: ____, id_2: _____, ...asked } = aws ?? {};
      return {
        ...kept,
        parent: names.get(parent_id) ?? parent_id,
        aws: asked,
        status: http?.response?.status,
        causes: cause?.exceptions.map(({ type, message }) => `${type}: ${message}`),
      };
    })
    .sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
}
