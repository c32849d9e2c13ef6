// Invokes a function as Lambda's event source mappings do, and reads which records of its batch it
// reports as failed.
import { post } from "../common/post.ts";
import { functionArn } from "../lambda/catalog.ts";

/**
 * `undelivered`: the function is not to blame, because there was no free environment, or no
 * functions part to ask. The batch is given again, and this does not count as a try.
 */
export type Outcome =
  | { kind: "answered"; payload: unknown }
  | { kind: "failed"; reason: string }
  | { kind: "undelivered"; reason: string };

/** Lambda waits this long for a free environment before it answers 429. */
const ENVIRONMENT_WAIT_SECONDS = 30;
/** Milliseconds for an invocation beyond all its timeouts. The time scale does not shorten them. */
const SLACK_MS = 5_000;

export class Invoker {
  private readonly baseUrl: string;
  private readonly timeScale: number;

  constructor(baseUrl: string, timeScale: number) {
    this.baseUrl = baseUrl;
    this.timeScale = timeScale;
  }

  async invoke(name: string, event: unknown, timeoutSeconds: number): Promise<Outcome> {
    const limit = ((timeoutSeconds + ENVIRONMENT_WAIT_SECONDS) * 1000) / this.timeScale + SLACK_MS;
    try {
      const answer = await this.post(name, event, "RequestResponse", limit);
      const text = answer.body;
      if (answer.status === 429) return { kind: "undelivered", reason: text };
      if (answer.status !== 200 || answer.headers["x-amz-function-error"] !== undefined) {
        return { kind: "failed", reason: text };
      }
      return { kind: "answered", payload: text === "" ? null : JSON.parse(text) };
    } catch (error) {
      return { kind: "undelivered", reason: reasonOf(error) };
    }
  }

  /** Resolves when Lambda has stored the event. Throws otherwise. */
  async invokeLater(name: string, event: unknown): Promise<void> {
    const answer = await this.post(name, event, "Event", SLACK_MS);
    if (answer.status !== 202) throw new Error(`${name}: ${answer.status} ${answer.body}`);
  }

  private post(name: string, event: unknown, type: string, limitMs: number) {
    const reference = encodeURIComponent(functionArn(name));
    const url = `${this.baseUrl}/2015-03-31/functions/${reference}/invocations`;
    const headers = { "content-type": "application/json", "x-amz-invocation-type": type };
    return post(url, headers, JSON.stringify(event), AbortSignal.timeout(limitMs));
  }
}

const reasonOf = (error: unknown): string =>
  error instanceof Error ? `${error.message} ${error.cause ?? ""}`.trim() : String(error);

/**
 * The ids that `batchItemFailures` names. Lambda's rule: no report is success. A report that
 * cannot be understood (no list, an empty id, an id that is not of this batch) means that the
 * whole batch failed.
 */
export function failedIds(payload: unknown, ids: string[]): Set<string> {
  if (typeof payload !== "object" || payload === null) return new Set();
  const report = (payload as { batchItemFailures?: unknown }).batchItemFailures;
  if (report === undefined || report === null) return new Set();
  const everything = new Set(ids);
  if (!Array.isArray(report)) return everything;
  const named = report.map((item: { itemIdentifier?: string } | null) => item?.itemIdentifier ?? "");
  return named.every((id) => everything.has(id)) ? new Set(named) : everything;
}
