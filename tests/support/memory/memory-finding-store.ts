// Findings in memory, by the same judgement as the real store; every round trip is one call of
// `carry`, as of payments.
import type {
  Finding,
  FindingKind,
  FindingStore,
  OpenFinding,
} from "../../../functions/lib/ports/finding-store.ts";
import type { Carry } from "./memory-payment-store.ts";

export type Kept = Finding & { times: number; closed_at?: string };

function closeIt(finding: Kept, at: string): void {
  if (finding.found_at <= at) finding.closed_at ??= at;
}

export class MemoryFindingStore implements FindingStore {
  private readonly kept = new Map<string, Kept>();
  private carry: Carry = async (_, effect) => effect();

  through(carry: Carry): MemoryFindingStore {
    const view = Object.create(this) as MemoryFindingStore;
    view.carry = carry;
    return view;
  }

  async open(finding: Finding): Promise<void> {
    return this.carry(`open finding ${finding.kind}`, () => {
      const key = `${finding.payment_id} ${finding.kind}`;
      const known = this.kept.get(key);
      const isNews =
        !known ||
        (known.closed_at === undefined
          ? known.details.join("\n") !== finding.details.join("\n") && known.found_at <= finding.found_at
          : known.closed_at < finding.found_at);
      if (isNews) this.kept.set(key, { ...finding, times: (known?.times ?? 0) + 1 });
    });
  }

  async close(paymentId: string, at: string): Promise<void> {
    return this.carry("close findings", () => {
      for (const finding of this.kept.values())
        if (finding.payment_id === paymentId && finding.kind !== "provider-disagrees") closeIt(finding, at);
    });
  }

  async settle(paymentId: string, kind: FindingKind, at: string): Promise<void> {
    return this.carry(`settle finding ${kind}`, () => {
      const finding = this.kept.get(`${paymentId} ${kind}`);
      if (finding) closeIt(finding, at);
    });
  }

  async listOpen(limit: number): Promise<OpenFinding[]> {
    return this.all()
      .filter(({ closed_at }) => closed_at === undefined)
      .map(({ payment_id, kind, found_at }) => ({ payment_id, kind, found_at }))
      .sort((a, b) => (a.found_at < b.found_at ? -1 : 1))
      .slice(0, limit);
  }

  /** For tests: true while such a finding is open for the payment. */
  isOpen(paymentId: string, kind: Finding["kind"]): boolean {
    const kept = this.kept.get(`${paymentId} ${kind}`);
    return kept !== undefined && kept.closed_at === undefined;
  }

  /** For tests: every finding, closed ones too. */
  all(): Kept[] {
    return [...this.kept.values()];
  }
}
