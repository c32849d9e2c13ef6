// The ramp desk of the provider: fiat to USDC, USDC to fiat, and the reversal. It converts only
// near the market's price.
import type { Books, Entry, Hold } from "./books.ts";
import {
  type Answer,
  type Asked,
  type Call,
  type Decision,
  Desk,
  failure,
  refusal,
  type World,
} from "./idempotent-operations.ts";
import type { Market } from "./prices.ts";

export type RampRequest = Asked & { receive_amount: number; receive_currency: string };
export type ReversalRequest = Asked & { on_ramp_id: string; receive_currency: string };

export const STABLECOIN = "USDC";
/** How long an accepted operation waits for its settlement. */
const SETTLES = { least: 2_000, most: 6_000 };

export class Ramps extends Desk {
  private readonly market: Market;

  constructor(books: Books, world: World, market: Market) {
    super(books, world);
    this.market = market;
  }

  onRamp(call: Call, request: RampRequest): Promise<Answer> {
    return this.settle(call, async (forget) => {
      const entry = { ...this.filled("on_ramp", call, request), hold: { captured: 0 } };
      if (call.isRefused) return refusal(entry, 402, "on_ramp_declined", "the on-ramp was declined", forget);
      const fiat = { amount: BigInt(request.amount), currency: request.currency };
      const isPriced = this.market.fills("on_ramp", fiat, BigInt(request.receive_amount));
      return isPriced && request.receive_currency === STABLECOIN
        ? { commit: { insert: entry, ...forget } }
        : moved(entry, forget);
    });
  }

  offRamp(call: Call, request: RampRequest): Promise<Answer> {
    return this.settle(call, async (forget) => {
      const entry = this.filled("off_ramp", call, request);
      if (call.isRefused)
        return refusal(entry, 402, "off_ramp_declined", "the off-ramp was declined", forget);
      const fiat = { amount: BigInt(request.receive_amount), currency: request.receive_currency };
      const isPriced = this.market.fills("off_ramp", fiat, BigInt(request.amount));
      return isPriced && request.currency === STABLECOIN
        ? { commit: { insert: entry, ...forget } }
        : moved(entry, forget);
    });
  }

  /**
   * Sells a purchase back once. A refused reversal is not recorded: the same key may try again,
   * because USDC must stay sellable.
   */
  reverse(call: Call, request: ReversalRequest): Promise<Answer> {
    return this.settle(call, async (forget) => {
      if (call.isRefused)
        return { answer: failure(402, "reversal_refused", "the reversal was refused for now") };
      const bought = await this.books.findById(request.on_ramp_id);
      const state = bought && this.view(bought).state;
      if (
        !bought?.hold ||
        bought.reference !== request.reference ||
        state === "refused" ||
        state === "tombstoned"
      )
        return { answer: failure(404, "on_ramp_not_found", "there is no such purchase") };
      if (state === "pending")
        return { answer: failure(409, "on_ramp_pending", "what is bought is not settled yet") };
      return this.sale(call, request, { ...bought, hold: bought.hold }, forget);
    });
  }

  private async sale(
    call: Call,
    request: ReversalRequest,
    bought: Entry & { hold: Hold },
    forget: object,
  ): Promise<Decision> {
    const { amount, receive_currency } = request;
    const earlier = bought.hold.voided_by && (await this.books.findById(bought.hold.voided_by));
    if (earlier) return { answer: this.answerOf(earlier) };
    const received = this.market.soldFor(BigInt(amount), receive_currency);
    if (amount !== bought.receive_amount || receive_currency !== bought.currency || received === undefined)
      return { answer: failure(422, "reversal_mismatch", "not what was bought") };
    const sold = { ...request, receive_amount: Number(received) };
    const entry = this.filled("reverse_on_ramp", call, sold);
    const change = { row: bought, to: { ...bought.hold, voided_by: entry.id } };
    return { commit: { insert: entry, change, ...forget } };
  }

  /** The market's prices of a currency, in USDC per major unit. */
  rates(currency: string): Answer {
    const prices = this.market.prices(currency);
    return prices
      ? { status: 200, body: { ...prices, at: this.world.now().toISOString() } }
      : failure(404, "unknown_currency", `${currency} is not traded`);
  }

  /** The row of a fill. It settles at once, or later where the plan orders that. */
  private filled(
    operation: "on_ramp" | "off_ramp" | "reverse_on_ramp",
    call: Call,
    request: RampRequest,
  ): Entry {
    const entry = this.entry(operation, call, request);
    if (!call.isPending) return entry;
    const wait = SETTLES.least + this.world.random() * (SETTLES.most - SETTLES.least);
    return { ...entry, state: "pending", settles_at: this.world.ahead(wait).toISOString() };
  }
}

function moved(entry: Entry, forget: object): Decision {
  return refusal(entry, 409, "price_moved", "the market is not there any more", forget);
}
