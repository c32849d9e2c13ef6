// The faults of our own parts, as `POST /sandbox/faults` orders them: for a number of calls or for
// a time (docs/architecture.md#the-laptops-cloud).
import { json, type Request, type Response } from "./http.ts";

/**
 * `rate` (0 … 1) makes it fire at random. `count` and `seconds` bound it, and one of them
 * must be given.
 */
export type Fault = { target: string; fault: string; count?: number; seconds?: number; rate?: number };

type Armed = Fault & { left: number; until: number };

export class Faults {
  private armed: Armed[] = [];
  private readonly now: () => number;
  private readonly random: () => number;

  constructor(now: () => number = Date.now, random: () => number = Math.random) {
    this.now = now;
    this.random = random;
  }

  arm(fault: Fault): void {
    const until = fault.seconds === undefined ? Number.POSITIVE_INFINITY : this.now() + fault.seconds * 1000;
    this.armed.push({ ...fault, left: fault.count ?? Number.POSITIVE_INFINITY, until });
  }

  clear(): void {
    this.armed = [];
  }

  /** The fault that hits this call of `target`, if any. The call uses up one of its count. */
  strike(target: string): string | undefined {
    const now = this.now();
    this.armed = this.armed.filter((fault) => fault.left > 0 && fault.until > now);
    const hit = this.armed.find(
      (fault) => fault.target === target && (fault.rate === undefined || this.random() < fault.rate),
    );
    if (!hit) return undefined;
    hit.left -= 1;
    return hit.fault;
  }

  /** Answers `POST` and `DELETE /_local/faults`; undefined for every other request. */
  answer(request: Request): Response | undefined {
    if (request.path !== "/_local/faults") return undefined;
    if (request.method === "DELETE") this.clear();
    else this.arm(JSON.parse(request.body.toString()) as Fault);
    return json(200, { armed: this.armed.length });
  }
}
