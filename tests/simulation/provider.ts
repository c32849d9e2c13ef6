// The provider of one run: its own books, a nature, and requests that arrive when they arrive. It keeps what a port's nature
// promises and not a bit more: a key past its time takes effect again.
import type { CardProvider, ProviderAnswer } from "../../functions/lib/ports/card-provider.ts";
import { type Invocation, isCalm, type Run } from "./invocation.ts";
import { type ProviderFault, providerFaultOf } from "./weather.ts";

type Row = { answer: ProviderAnswer; at: number };
type Hold = { id: string; voided: boolean; captures: number };

const UNKNOWN: ProviderAnswer = { outcome: "unknown", message: "no usable answer" };
const UNAVAILABLE: ProviderAnswer = { ...UNKNOWN, unavailable: true };
/** The adapter's deadline. */
const PATIENCE_MS = 8_000;

export class ProviderBooks {
  readonly holds: Hold[] = [];
  private readonly rows = new Map<string, Row>();
  private readonly stuck = new Set<string>();
  private readonly run: Run;

  constructor(run: Run) {
    this.run = run;
  }

  get captures(): number {
    return this.holds.reduce((sum, hold) => sum + hold.captures, 0);
  }

  get held(): number {
    return this.holds.filter((hold) => !hold.voided && hold.captures === 0).length;
  }

  /** True when the key answers with its stored error for ever. */
  isStuck(key: string): boolean {
    return this.stuck.has(key) && !this.rows.has(key);
  }

  authorize(key: string): ProviderAnswer {
    return this.once(key, () => {
      if (this.run.weather.refuses.authorize) return { outcome: "refused", message: "declined" };
      const id = `auth-${this.holds.length + 1}`;
      this.holds.push({ id, voided: false, captures: 0 });
      return { outcome: "succeeded", id };
    });
  }

  capture(key: string, authorizationId: string): ProviderAnswer {
    return this.once(key, () => {
      const hold = this.holds.find(({ id }) => id === authorizationId);
      if (!hold || hold.voided) return { outcome: "refused", message: "nothing is held" };
      if (this.run.weather.refuses.capture) return { outcome: "refused", message: "declined" };
      hold.captures += 1;
      return { outcome: "succeeded", id: `cap-${hold.captures}-of-${hold.id}` };
    });
  }

  void(key: string, authorizeKey: string): ProviderAnswer {
    if (this.isStuck(key)) return UNKNOWN;
    const standing = this.standing(key);
    if (standing) return standing;
    const target = this.rows.get(authorizeKey)?.answer;
    if (!target && !this.run.weather.nature.tombstones) return { outcome: "absent" };
    if (!target) return this.tombstone(authorizeKey);
    if (target.outcome === "pending" || target.outcome === "tombstoned") return target;
    const hold = target.outcome === "succeeded" && this.holds.find(({ id }) => id === target.id);
    if (hold) {
      if (hold.captures > 0) return { outcome: "refused", message: "already captured", captured: true };
      if (this.run.schedule.now < this.run.weather.refuses.void_until_ms)
        return { outcome: "refused", message: "not now" };
      hold.voided = true;
    }
    return this.keep(key, { outcome: "succeeded", id: `void-of-${authorizeKey}` });
  }

  find(key: string): ProviderAnswer {
    return this.rows.get(key)?.answer ?? { outcome: "absent" };
  }

  tombstone(key: string): ProviderAnswer {
    return this.rows.get(key)?.answer ?? this.keep(key, { outcome: "tombstoned" });
  }

  /** Takes a request in without deciding it; `decide` is what it comes to. False when the key is known already. */
  take(key: string): boolean {
    if (this.isStuck(key) || this.rows.has(key)) return false;
    this.keep(key, { outcome: "pending" });
    return true;
  }

  settle(key: string, decide: () => ProviderAnswer): void {
    if (this.rows.get(key)?.answer.outcome !== "pending") return;
    this.rows.delete(key);
    decide();
  }

  stick(key: string): void {
    if (!this.rows.has(key)) this.stuck.add(key);
  }

  private once(key: string, decide: () => ProviderAnswer): ProviderAnswer {
    if (this.isStuck(key)) return UNKNOWN;
    return this.standing(key) ?? this.keep(key, decide());
  }

  /** What the key came to, unless the provider has forgotten it by now; a tombstone it never forgets. */
  private standing(key: string): ProviderAnswer | undefined {
    const row = this.rows.get(key);
    const { key_ttl_seconds } = this.run.weather.nature;
    const forgotten =
      row && row.answer.outcome !== "tombstoned" && this.run.schedule.now - row.at > key_ttl_seconds * 1000;
    return forgotten ? undefined : row?.answer;
  }

  private keep(key: string, answer: ProviderAnswer): ProviderAnswer {
    this.rows.set(key, { answer, at: this.run.schedule.now });
    return answer;
  }
}

type Call = { what: string; key: string; effect: () => ProviderAnswer; movesMoney: boolean };

/** The provider as one invocation reaches it. */
export function providerOf(run: Run, books: ProviderBooks, by: Invocation): CardProvider {
  const call = (what: string, key: string, effect: () => ProviderAnswer, movesMoney = true) =>
    send(run, books, by, { what, key, effect, movesMoney });
  return {
    nature: run.weather.nature,
    authorize: ({ key }) => call("authorize", key, () => books.authorize(key)),
    capture: ({ key, authorization_id }) => call("capture", key, () => books.capture(key, authorization_id)),
    void: ({ key, authorize_key }) => call("void", key, () => books.void(key, authorize_key)),
    find: (key) => call("find", key, () => books.find(key), false),
    tombstone: (key) => call("tombstone", key, () => books.tombstone(key), false),
  };
}

function send(run: Run, books: ProviderBooks, by: Invocation, { what, key, effect, movesMoney }: Call) {
  const { schedule, random, story, weather } = run;
  const inFlightMs = weather.nature.in_flight_seconds * 1000;
  const drawn = isCalm(run) ? undefined : providerFaultOf(weather, what, random, schedule.now);
  const fault = meets(drawn, movesMoney, weather.nature.replays_errors);
  const arrive = (): ProviderAnswer => {
    const answer = effect();
    story.tell(schedule.now, by.name, `provider: ${what} → ${answer.outcome}`);
    return answer;
  };
  return by.request<ProviderAnswer>((answer) => {
    const say = (said: ProviderAnswer, after = by.pace()) => answer(after, (resolve) => resolve(said));
    if (fault) story.fault(schedule.now, by.name, `provider: ${what} meets ${fault}`, `provider: ${fault}`);
    switch (fault) {
      case "unavailable":
        return say(UNAVAILABLE);
      case "late":
        schedule.in(random.between(0, inFlightMs), arrive);
        return say(UNKNOWN, random.between(0, PATIENCE_MS));
      case "sticky":
        books.stick(key);
        return say(UNKNOWN);
      case "pending":
        return schedule.in(by.pace(), () => {
          if (!books.take(key)) return say(arrive());
          schedule.in(random.between(0, inFlightMs / 2), () => books.settle(key, arrive));
          return say({ outcome: "pending" });
        });
      case "duplicate":
        schedule.in(random.between(0, inFlightMs), arrive);
    }
    return schedule.in(by.pace(), () => {
      const answered = arrive();
      say(fault === "lost" ? UNKNOWN : answered);
    });
  });
}

/** A question cannot be half done; and only some providers store an error. */
function meets(fault: ProviderFault | undefined, movesMoney: boolean, replaysErrors: boolean) {
  if (fault === "pending" && !movesMoney) return undefined;
  if (fault === "sticky" && !(movesMoney && replaysErrors)) return undefined;
  return fault;
}
