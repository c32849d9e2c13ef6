// What the gateway asks of all other parts: their health, their counters, and the faults that they
// shall have.
import { ServiceUnavailable } from "../../../functions/lib/errors/registry.ts";
import { type Answer, ask, type Question } from "../common/post.ts";
import { PARTS, type Part, type Settings } from "../common/settings.ts";

const TIMEOUT_MS = 5_000;
const OTHERS = PARTS.filter((part) => part !== "api-gateway");
type Counts = Record<string, number>;

export class PartsClient {
  private readonly url: Settings["url"];

  constructor(url: Settings["url"]) {
    this.url = url;
  }

  /** One part's answer. Throws ServiceUnavailable when the part is down. */
  async ask(part: Part, path: string, question: Question = {}): Promise<Answer> {
    try {
      return await ask(this.url[part] + path, { ...question, signal: AbortSignal.timeout(TIMEOUT_MS) });
    } catch (error) {
      console.error(`${part}:`, error);
      throw new ServiceUnavailable(`the ${part} part is down`);
    }
  }

  /** Throws ServiceUnavailable with the names of the parts that are not healthy. */
  async assertHealthy(): Promise<void> {
    const healthy = OTHERS.map(async (part) => {
      const answer = await this.ask(part, "/_local/health").catch(() => undefined);
      return answer?.status === 200 ? undefined : part;
    });
    const sick = (await Promise.all(healthy)).filter((part) => part !== undefined);
    if (sick.length > 0) throw new ServiceUnavailable(`not healthy: ${sick.join(", ")}`);
  }

  /** The sum of all parts' counters. */
  async counters(method: string): Promise<Counts> {
    const answers = OTHERS.map(async (part) =>
      JSON.parse((await this.ask(part, "/_local/counters", { method })).body),
    );
    const sum: Counts = {};
    for (const counts of (await Promise.all(answers)) as Counts[]) {
      for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count;
    }
    return Object.fromEntries(Object.entries(sum).sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  async orderFault(part: Part, fault: object): Promise<void> {
    const answer = await this.ask(part, "/_local/faults", { method: "POST", body: JSON.stringify(fault) });
    if (answer.status >= 300)
      throw new ServiceUnavailable(`the ${part} part does not take faults: ${answer.status}`);
  }

  async clearFaults(): Promise<void> {
    await Promise.all(OTHERS.map((part) => this.ask(part, "/_local/faults", { method: "DELETE" })));
  }
}
