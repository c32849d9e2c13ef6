// Takes deposits: money that comes from outside into a merchant's account. Only here may a body
// name a merchant, because the route demands the scope `ops`, which no merchant has.
import { soundMembers, violations } from "../lib/contracts/contract.ts";
import type { DepositRequest } from "../lib/contracts/types.ts";
import { isAccountId, merchantKey } from "../lib/domain/accounts.ts";
import { suspectStrings } from "../lib/domain/card-data.ts";
import { unknownCurrencies, untimelyCurrencies } from "../lib/domain/currencies.ts";
import { idFor, parseKey } from "../lib/domain/idempotency.ts";
import { depositJournal } from "../lib/domain/journal.ts";
import { exemplified } from "../lib/domain/money.ts";
import type { Operation, Operator } from "../lib/domain/operation.ts";
import {
  type FieldError,
  IdempotencyKeyReused,
  InvalidRequest,
  MerchantElsewhere,
  NotFound,
} from "../lib/errors/registry.ts";
import type { Admissions } from "../lib/ports/admissions.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { LedgerStore } from "../lib/ports/ledger-store.ts";

type Ports = { ledger: LedgerStore; admissions: Admissions; clock: Clock };
type Caller = { merchantId: string } & Pick<Operator, "subject">;

/**
 * A deposit is one journal. Its id is derived from the account's merchant and the key, so that the
 * same key again is the same deposit. Who took it, when and why is written with it. It is
 * answered when it is in the balance: no payment's
 * closure waits for its fold, so nobody would notice that the fold left it out. The stream brings
 * it as well, and it counts once.
 */
export const depositFunds =
  ({ ledger, admissions, clock }: Ports) =>
  async (
    { merchantId, subject }: Caller,
    accountId: string,
    key: string | undefined,
    body: Record<string, unknown>,
  ) => {
    const { idempotencyKey, untimely, ...read } = readDeposit(key, body, clock.now());
    const { amount, currency, reason, merchant_id = merchantId } = read;
    if (!(await admissions.admits(merchant_id)))
      throw new MerchantElsewhere("the account's merchant was not placed in this cell");
    const account = isAccountId(accountId) && (await ledger.account(merchantKey(merchant_id, accountId)));
    if (!account) throw new NotFound("there is no such account");
    if (account.status !== "open") throw new InvalidRequest("the account is closed");
    const deposit_id = idFor("deposit", merchant_id, idempotencyKey);
    const journal = depositJournal(deposit_id, merchant_id, accountId, BigInt(amount), currency);
    // A currency's end is no reason to answer a repeated request otherwise than the first.
    if (untimely.length > 0 && !(await ledger.journal(journal.journal_id)))
      throw new InvalidRequest("the request has errors", untimely);
    const operation: Operation = {
      operation_id: deposit_id,
      kind: "deposit",
      at: new Date(clock.now()).toISOString(),
      by: subject,
      ...(reason === undefined ? {} : { reason }),
      merchant_id,
      account_id: accountId,
      details: { amount, currency, journal_id: journal.journal_id },
    };
    const replayed = !(await ledger.post(journal, operation));
    if (replayed) await assertSameDeposit(ledger, journal);
    await ledger.fold([journal]);
    const deposit = { deposit_id, account_id: accountId, amount, currency, journal_id: journal.journal_id };
    return { deposit, replayed };
  };

/** Throws InvalidRequest with all errors at once. */
function readDeposit(
  key: string | undefined,
  body: Record<string, unknown>,
  now: number,
): DepositRequest & { idempotencyKey: string; untimely: FieldError[] } {
  const parsed = parseKey(key);
  const broken = violations("DepositRequest", body);
  const members = soundMembers(body, broken);
  const errors = [
    ...exemplified(broken, members.currency),
    ...suspectStrings(members),
    ...unknownCurrencies(members),
    ...("wrong" in parsed ? [{ header: "Idempotency-Key", detail: parsed.wrong }] : []),
  ];
  const untimely = untimelyCurrencies(members, now);
  if ("wrong" in parsed || errors.length > 0)
    throw new InvalidRequest("the request has errors", [...errors, ...untimely]);
  return { ...(body as unknown as DepositRequest), idempotencyKey: parsed.key, untimely };
}

async function assertSameDeposit(
  ledger: LedgerStore,
  journal: ReturnType<typeof depositJournal>,
): Promise<void> {
  const first = await ledger.journal(journal.journal_id);
  const same = journal.postings.every(({ account, bucket, currency, amount }, index) => {
    const other = first?.postings[index];
    const alike = other?.account === account && other.bucket === bucket && other.currency === currency;
    return alike && other.amount === amount;
  });
  if (same) return;
  throw new IdempotencyKeyReused("the first deposit with this key was another one");
}
