// Takes deposits: money that comes from outside into a merchant's account. The body may name the
// merchant, because the route demands the scope `ops`, which no merchant has.
import { soundMembers, violations } from "../lib/contracts/contract.ts";
import * as schemas from "../lib/contracts/schemas.ts";
import type { DepositRequest } from "../lib/contracts/types.ts";
import { isAccountId, merchantKey, unknownMerchant } from "../lib/domain/accounts.ts";
import { APPROVAL_MS, type Approval, isExpired, needsApproval } from "../lib/domain/approval.ts";
import { suspectStrings } from "../lib/domain/card-data.ts";
import { unknownCurrencies, untimelyCurrencies } from "../lib/domain/currencies.ts";
import { idFor, parseKey } from "../lib/domain/idempotency.ts";
import { exemplified } from "../lib/domain/money.ts";
import { actOf, type Operator } from "../lib/domain/operation.ts";
import {
  ApprovalExpired,
  type FieldError,
  IdempotencyKeyReused,
  InvalidRequest,
  MerchantElsewhere,
  NotFound,
} from "../lib/errors/registry.ts";
import type { Admissions } from "../lib/ports/admissions.ts";
import type { Approvals } from "../lib/ports/approvals.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { LedgerStore } from "../lib/ports/ledger-store.ts";
import type { PolicySource } from "../lib/ports/policy-source.ts";
import { again, type Booked, book, type Deposit, journalOf, operationOf } from "./book-deposit.ts";

export type Ports = {
  ledger: LedgerStore;
  approvals: Approvals;
  policies: Pick<PolicySource, "deployment">;
  admissions: Admissions;
  clock: Clock;
};
type Caller = { merchantId: string } & Operator;
/** `pending`: the deposit waits for a second operator, and nothing is booked. */
export type Taken = (Booked & { pending?: undefined }) | { pending: Approval; replayed: boolean };

/**
 * A deposit is one journal. Its id is derived from the account's merchant and the key, so that the
 * same key again is the same deposit. Above the deployment's limit it is kept as a request, which a
 * second operator approves; one that was kept waits for that whatever the limit is by now.
 */
export const depositFunds =
  (ports: Ports) =>
  async (
    caller: Caller,
    account_id: string,
    key: string | undefined,
    body: Record<string, unknown>,
  ): Promise<Taken> => {
    const { ledger, approvals, clock, policies } = ports;
    const { idempotencyKey, untimely, ...read } = readDeposit(key, body, clock.now());
    const { amount, currency, reason, merchant_id = caller.merchantId } = read;
    await assertOpen(ports, merchant_id, account_id);
    const deposit_id = idFor("deposit", merchant_id, idempotencyKey);
    const deposit: Deposit = { deposit_id, merchant_id, account_id, amount, currency };
    // What came of the first request is the answer of every other, whatever holds by now.
    const booked = await ledger.journal(journalOf(deposit).journal_id);
    if (booked) return again(ledger, deposit, booked);
    const known = await approvals.find(deposit_id);
    if (known) return { pending: standing(known.approval, deposit, clock.now()), replayed: true };
    if (untimely.length > 0) throw new InvalidRequest("the request has errors", untimely);
    const at = new Date(clock.now()).toISOString();
    const hand = { at, by: caller.subject, reason };
    if (!needsApproval(policies.deployment.deposit_approval_above, amount, currency))
      return book(ledger, deposit, operationOf(deposit, hand));
    const approval: Approval = {
      approval_id: deposit_id,
      merchant_id,
      account_id,
      amount,
      currency,
      requested_by: caller.subject,
      requested_at: at,
      expires_at: new Date(clock.now() + APPROVAL_MS).toISOString(),
    };
    const details = { approval_id: deposit_id, amount, currency, expires_at: approval.expires_at };
    const about = { merchant_id, account_id, details };
    const operation = actOf("deposit-request", caller, at, reason, about);
    const kept = await approvals.request(approval, operation);
    return { pending: standing(kept.approval, deposit, clock.now()), replayed: !kept.created };
  };

/** In one order, however a store keeps it: a replay has the bytes of the first answer. */
export const shownRequest = (approval: Approval) => {
  const { approval_id, merchant_id, account_id, amount, currency } = approval;
  const { requested_by, requested_at, expires_at } = approval;
  const deposit = { approval_id, merchant_id, account_id, amount, currency };
  return { status: "pending", ...deposit, requested_by, requested_at, expires_at };
};

/** Throws MerchantElsewhere, NotFound, or InvalidRequest where nothing can be paid in. */
export async function assertOpen(
  { ledger, admissions }: Pick<Ports, "ledger" | "admissions">,
  merchantId: string,
  accountId: string,
): Promise<void> {
  if (!(await admissions.admits(merchantId)))
    throw new MerchantElsewhere("the account's merchant was not placed in this cell");
  const account = isAccountId(accountId) && (await ledger.account(merchantKey(merchantId, accountId)));
  if (!account) throw new NotFound("there is no such account");
  if (account.status !== "open") throw new InvalidRequest("the account is closed");
}

/** The request, if it is this one and somebody may still approve it. */
function standing(approval: Approval, { account_id, amount, currency }: Deposit, now: number): Approval {
  const isSame =
    approval.account_id === account_id && approval.amount === amount && approval.currency === currency;
  if (!isSame) throw new IdempotencyKeyReused("the first deposit with this key was another one");
  if (isExpired(approval, now)) throw expired(approval);
  return approval;
}

export const expired = ({ expires_at }: Approval): ApprovalExpired =>
  new ApprovalExpired(`nobody approved it until ${expires_at}: send the deposit again with another key`);

/** Throws InvalidRequest with all errors at once. */
function readDeposit(
  key: string | undefined,
  body: Record<string, unknown>,
  now: number,
): DepositRequest & { idempotencyKey: string; untimely: FieldError[] } {
  const parsed = parseKey(key);
  const broken = violations(schemas.DepositRequest, body);
  const members = soundMembers(body, broken);
  const errors = [
    ...exemplified(broken, members.currency),
    ...suspectStrings(members),
    ...unknownCurrencies(members),
    ...unknownMerchant(members),
    ...("wrong" in parsed ? [{ header: "Idempotency-Key", detail: parsed.wrong }] : []),
  ];
  const untimely = untimelyCurrencies(members, now);
  if ("wrong" in parsed || errors.length > 0)
    throw new InvalidRequest("the request has errors", [...errors, ...untimely]);
  return { ...(body as unknown as DepositRequest), idempotencyKey: parsed.key, untimely };
}
