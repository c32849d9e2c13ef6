// Webhooks about what never happened, where they were ordered. They are signed like any other, and
// their operation is in no books.
import { type Books, type Entry, OPERATIONS, type Operation } from "./books.ts";
import type { Sent } from "./call-execution.ts";
import type { Plan } from "./faults.ts";
import { type Asked, ID_PREFIX, type World } from "./idempotent-operations.ts";

/** What a request says of the money; a void says nothing. */
export type Said = Partial<Asked>;
type Money = Omit<Asked, "reference">;

const RAMPS: readonly Operation[] = ["on_ramp", "off_ramp", "reverse_on_ramp"];

export class Forger {
  private readonly books: Books;
  private readonly world: Pick<World, "now" | "newId">;

  constructor(books: Books, world: Pick<World, "now" | "newId">) {
    this.books = books;
    this.world = world;
  }

  /**
   * Tells of operations that the plan lets succeed in words alone: of this call's own operation,
   * whatever becomes of the call, and of others before anybody asked for them.
   */
  async tell({ operation, reference }: Omit<Sent, "key" | "body">, said: Said, plan: Plan): Promise<void> {
    if (await plan.strikes(operation, "unfounded"))
      await this.forge(operation, reference, await this.moneyOf(reference, said));
    for (const other of OPERATIONS)
      if (other !== operation && (await plan.strikes(other, "forged")))
        await this.forge(other, reference, turned(other, await this.moneyOf(reference, said)));
  }

  private async forge(operation: Operation, reference: string, money: Money): Promise<void> {
    const { amount, currency, receive_amount = amount, receive_currency = currency } = money;
    const entry: Entry = {
      id: `${ID_PREFIX[operation]}_${this.world.newId()}`,
      operation,
      idempotency_key: `${reference}:${operation}`,
      reference,
      amount,
      currency,
      ...(RAMPS.includes(operation) ? { receive_amount, receive_currency } : {}),
      state: "succeeded",
      at: this.world.now().toISOString(),
      fingerprint: "",
    };
    await this.books.tell(entry);
  }

  /** The money of the request, or else of the payment's first row. */
  private async moneyOf(reference: string, said: Said): Promise<Money> {
    const { amount, currency } = said;
    if (amount !== undefined && currency !== undefined) return { ...said, amount, currency };
    const [first] = await this.books.list(reference);
    return { amount: first?.amount ?? 1, currency: first?.currency ?? "EUR" };
  }
}

/** What follows a purchase takes what the purchase gave. */
function turned(operation: Operation, money: Money): Money {
  const { amount, currency, receive_amount, receive_currency } = money;
  if (!RAMPS.includes(operation) || receive_amount === undefined || receive_currency === undefined)
    return money;
  return {
    amount: receive_amount,
    currency: receive_currency,
    receive_amount: amount,
    receive_currency: currency,
  };
}
