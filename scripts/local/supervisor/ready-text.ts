// What a person reads once the stack is up: where it is, what it found, and a payment to try.
import { relative } from "node:path";
import type { OpenPort } from "../dynamodb/java.ts";
import { contentsText, type HomeContents } from "./home-contents.ts";

export type Ready = {
  url: string;
  home: string;
  /** Milliseconds since the start of the supervisor. */
  milliseconds: number;
  timeScale: string;
  /** Undefined for a home that was just made. */
  contents: HomeContents | undefined;
  openPort: OpenPort;
  isQuiet: boolean;
};

/** As a person would type it: `.contra`, and not the whole path. */
export function shownHome(home: string): string {
  const path = relative(process.cwd(), home);
  return path && !path.startsWith("..") ? path : home;
}

/** As a shell reads it: a home may hold blanks. */
const quoted = (word: string): string =>
  /^[\w./@:+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

const DEFAULT_HOME = ".contra";

/** The first line is the one that tools wait for. */
export function readyText(ready: Ready): string {
  const { url, milliseconds, timeScale, contents, openPort, isQuiet } = ready;
  const home = shownHome(ready.home);
  const seconds = (milliseconds / 1000).toFixed(1);
  const named = home === DEFAULT_HOME ? "" : ` CONTRA_HOME=${quoted(home)}`;
  const open = openText(openPort);
  return `\
Contra is ready on ${url} (${seconds} s, CONTRA_TIME_SCALE=${timeScale}, logs in ${home}/logs)
The home ${home} ${contentsText(contents)}
${open}
In another terminal:

  TOKEN=$(make -s token${named})
  curl -i ${url}/payments -H "Authorization: Bearer $TOKEN" -H "Idempotency-Key: order-1" \\
    -H "Content-Type: application/json" \\
    -d '{"amount":500,"currency":"INR","user_id":"6f2c1e0a-94c5-4f5e-8a3c-0d3b4a5c6d7e"}'

Ctrl-C stops it and keeps the books.${isQuiet ? "" : " Requests follow, and ended payments a second later; QUIET=1 leaves them out."}
`;
}

function openText(port: OpenPort): string {
  if (port === undefined) return "";
  if (port === "unknown") return "Whether DynamoDB Local listens on loopback alone could not be read.\n";
  return `DynamoDB Local listens on port ${port} of every address of this machine: it has no option
for less, and without a JDK nobody can set one. A firewall, or a JDK instead of a JRE, closes it.
`;
}
