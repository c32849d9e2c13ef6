// What happened in one run, in order and in words: what a failing seed prints.
export class Trace {
  readonly faults = new Map<string, number>();
  private readonly lines: [number, string, string][] = [];

  add(at: number, who: string, what: string): void {
    this.lines.push([at, who, what]);
  }

  /** Counts a fault as well: the proof prints how many of each kind were injected. */
  fault(at: number, who: string, what: string, kind: string): void {
    this.faults.set(kind, (this.faults.get(kind) ?? 0) + 1);
    this.add(at, who, what);
  }

  toString(): string {
    return this.lines
      .map(([at, who, what]) => `${(at / 1000).toFixed(3).padStart(9)} s  ${who.padEnd(28)} ${what}`)
      .join("\n");
  }
}
