// Counts what a part did, so that a proof can print calls per payment. `GET`
// and `DELETE /_local/counters`.
import { json, type Request, type Response } from "./http.ts";

export class Counters {
  private counts = new Map<string, number>();

  add(name: string, by = 1): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + by);
  }

  /** Answers the counter routes; undefined for every other request. */
  answer(request: Request): Response | undefined {
    if (request.path !== "/_local/counters") return undefined;
    if (request.method === "DELETE") this.counts.clear();
    return json(200, Object.fromEntries([...this.counts].sort()));
  }
}
