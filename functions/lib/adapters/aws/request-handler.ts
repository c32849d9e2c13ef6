// Sends the requests of the SDK's clients. A call has one deadline, for connecting, waiting and
// reading together, and so one timer. The SDK's own handler has four, and none once an answer has
// begun.
import http, { type IncomingMessage } from "node:http";
import https from "node:https";

/** Connecting gets a second: what does not answer by then is asked again, at another address. */
const CONNECT_MS = 1_000;
const MOST_SOCKETS = 50;
/** The SDK takes an error of this name for passing, and tries again, as it does by Node's codes. */
const TIMEOUT = "TimeoutError";

type Request = {
  protocol: string;
  hostname: string;
  port?: number;
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string | Uint8Array;
};
type Response = { statusCode: number; reason: string; headers: Record<string, string>; body: Uint8Array };

/** Connections stay open between invocations, and clients of one service share them. */
const agents = {
  http: new http.Agent({ keepAlive: true, maxSockets: MOST_SOCKETS }),
  https: new https.Agent({ keepAlive: true, maxSockets: MOST_SOCKETS }),
};

/** A call ends after so many milliseconds, answered or not. */
export function deadline(milliseconds: number) {
  return {
    metadata: { handlerProtocol: "http/1.1" },
    async handle(request: Request): Promise<{ response: Response }> {
      return { response: await sent(request, milliseconds) };
    },
    /** The SDK offers its own settings. The one that there is was given. */
    updateHttpClientConfig(): void {},
    httpHandlerConfigs: () => ({ requestTimeout: milliseconds }),
  };
}

function sent({ protocol, hostname, body, ...asked }: Request, milliseconds: number): Promise<Response> {
  const isSecure = protocol === "https:";
  const options = { ...asked, host: hostname, agent: isSecure ? agents.https : agents.http };
  return new Promise<Response>((resolve, reject) => {
    const request = (isSecure ? https : http).request(options, (response) => read(response, done, broken));
    const end = (): void => {
      const late = new Error(`no whole answer from ${hostname} in ${milliseconds} ms`);
      reject(Object.assign(late, { name: TIMEOUT }));
      request.destroy();
    };
    const connected = Math.min(CONNECT_MS, milliseconds);
    let timer = setTimeout(() => {
      if (request.socket?.connecting) end();
      else timer = setTimeout(end, milliseconds - connected);
    }, connected);
    function done(response: Response): void {
      clearTimeout(timer);
      resolve(response);
    }
    function broken(error: Error): void {
      clearTimeout(timer);
      reject(error);
    }
    request.on("error", broken);
    request.end(body);
  });
}

/** Reads the answer whole: the SDK takes bytes faster than a stream. */
function read(
  response: IncomingMessage,
  done: (response: Response) => void,
  broken: (error: Error) => void,
): void {
  const chunks: Buffer[] = [];
  response.on("data", (chunk: Buffer) => chunks.push(chunk));
  response.on("error", broken);
  response.on("end", () => {
    const { statusCode = 0, statusMessage = "", headers } = response;
    const lines = Object.entries(headers).map(([name, value]) => [name, String(value)]);
    done({
      statusCode,
      reason: statusMessage,
      headers: Object.fromEntries(lines),
      body: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks),
    });
  });
}
