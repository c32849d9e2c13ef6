// The emulator beyond AWS: what it counted, faults on order, and the hands of its clock.

export type Order = {
  service: string;
  operation: string;
  /** The error's name; without one only `delay_seconds` counts. */
  error?: string;
  status?: number;
  count?: number;
  skip?: number;
  function?: string;
  match?: string;
  body?: unknown;
  delay_seconds?: number;
  /** The work is done and only its answer is lost. */
  after?: boolean;
};
export type Counts = Record<string, number>;

export class Control {
  private readonly url: string;

  constructor(endpoint: string) {
    this.url = `${endpoint}/_emulator`;
  }

  counts(): Promise<Counts> {
    return this.call("GET", "calls");
  }

  async fault(order: Order): Promise<void> {
    await this.call("POST", "faults", order);
  }

  async clearFaults(): Promise<void> {
    await this.call("DELETE", "faults");
  }

  /** How many ordered faults have not struck yet. */
  async faultsLeft(): Promise<number> {
    const left = (await this.call("GET", "faults")) as unknown as { count: number }[];
    return left.reduce((sum, { count }) => sum + count, 0);
  }

  /** Fires a schedule now: nothing else does. */
  async tick(schedule: string): Promise<void> {
    await this.call("POST", "tick", { schedule });
  }

  private async call(method: string, what: string, body?: object): Promise<Counts> {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const answer = await fetch(`${this.url}/${what}`, init);
    if (!answer.ok) throw new Error(`${method} ${what} answered ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Counts;
  }
}
