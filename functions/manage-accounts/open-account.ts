// Opens accounts. Nobody goes below zero by its own choice: `forbid` is the default, and an
// overdraft is given by an operator, or by a merchant within the limits of its policy.
import { soundMembers, violations } from "../lib/contracts/contract.ts";
import * as schemas from "../lib/contracts/schemas.ts";
import type { OpenAccountRequest } from "../lib/contracts/types.ts";
import { merchantKey, reservedAccounts, unknownMerchant } from "../lib/domain/accounts.ts";
import { needsApproval } from "../lib/domain/approval.ts";
import { suspectStrings } from "../lib/domain/card-data.ts";
import { isCurrency } from "../lib/domain/currencies.ts";
import { actOf, type Operation, type Operator } from "../lib/domain/operation.ts";
import {
  type Account,
  isSameLimits,
  limitOf,
  limitsFrom,
  type OverdraftLimits,
  shownLimits,
} from "../lib/domain/overdraft.ts";
import {
  AccountExists,
  type FieldError,
  InvalidRequest,
  MerchantElsewhere,
  MerchantLimitExceeded,
  OverdraftNotAllowed,
  ScopeMissing,
  TooManyAccounts,
} from "../lib/errors/registry.ts";
import type { Admissions } from "../lib/ports/admissions.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { AccountBound, LedgerStore, OverdraftGrant } from "../lib/ports/ledger-store.ts";
import type { PolicySource } from "../lib/ports/policy-source.ts";
import type { WriteThrottle } from "../lib/ports/write-throttle.ts";
import { shownTerms } from "./manage-accounts.ts";

type Ports = {
  ledger: LedgerStore;
  policies: PolicySource;
  admissions: Admissions;
  throttle: WriteThrottle;
  clock: Clock;
};
type Caller = { merchantId: string; scopes: Set<string> } & Operator;
type Asked = Omit<OpenAccountRequest, "overdraft_limits"> & { limits: OverdraftLimits | undefined };

const shown = (account: Account) => ({ ...shownTerms(account), opened_at: account.opened_at });

/**
 * Opens the account once. A repetition returns the same account, and is refused with AccountExists
 * when it asks for other terms; one that names no rule takes the account as it is. Throws
 * OverdraftNotAllowed for an overdraft that nobody allows, with what is allowed, and
 * TooManyAccounts beyond the bound of the merchant's policy. An operator is bound by none.
 */
export const openAccount = (ports: Ports) => async (caller: Caller, body: Record<string, unknown>) => {
  const asked = readOpening(caller, body, ports.policies.deployment.reason_required);
  const { merchant_id = caller.merchantId, account_id } = asked;
  if (!(await ports.admissions.admits(merchant_id)))
    throw new MerchantElsewhere("use the base URL that you were given when you were placed");
  // An operator's request is nobody's noise.
  if (!caller.scopes.has("ops")) await ports.throttle.take(merchant_id);
  const account_key = merchantKey(merchant_id, account_id);
  const opened_at = new Date(ports.clock.now()).toISOString();
  const bare = { account_key, account_id, status: "open", overdraft: "forbid", opened_at } as const;
  const bound = caller.scopes.has("ops") ? undefined : await boundOf(ports, merchant_id);
  const { account, created } = await (asked.overdraft === "allow"
    ? openOverdrawable(ports, caller, asked, bare, bound)
    : ports.ledger.open(bare, bound)
  ).catch((error) => {
    throw error instanceof MerchantLimitExceeded ? new TooManyAccounts(error.message) : error;
  });
  return { created, account: shown(created ? account : assertTerms(account, asked)) };
};

/** How many accounts the merchant may open by itself, where its policy says so. */
async function boundOf({ policies }: Ports, merchant_id: string): Promise<AccountBound | undefined> {
  const most = (await policies.policyOf(merchant_id)).limits.accounts;
  return most === undefined ? undefined : { merchant_id, most };
}

async function openOverdrawable(
  ports: Ports,
  caller: Caller,
  asked: Asked,
  bare: Account,
  bound: AccountBound | undefined,
) {
  // What stands needs no allowance: it is compared, and nothing is given.
  const standing = await ports.ledger.account(bare.account_key);
  if (standing) return { account: standing, created: false };
  const { wanted, given } = await overdrawable(ports, caller, asked, bare);
  const opened = await ports.ledger.openWithOverdraft(wanted, given, bound);
  if (opened.exceeded) throw beyond(asked, wanted.overdraft_limits ?? {}, opened.exceeded);
  return opened;
}

/**
 * The account as it may be opened, and who gives it its overdraft. An operator names the limits; a
 * merchant who names none takes all that its policy allows.
 */
async function overdrawable(
  { policies }: Ports,
  caller: Caller,
  { limits, reason, merchant_id = caller.merchantId }: Asked,
  bare: Account,
): Promise<{ wanted: Account; given: Operation | OverdraftGrant }> {
  const overdraft = "allow" as const;
  if (caller.scopes.has("ops")) {
    assertOneHand(policies.deployment.deposit_approval_above, limits ?? {});
    const details = { overdraft_limits: shownLimits(limits ?? {}) };
    const about = { merchant_id, account_id: bare.account_id, details };
    const given = actOf("overdraft", caller, bare.opened_at, reason, about);
    return { wanted: { ...bare, overdraft, overdraft_limits: limits ?? {} }, given };
  }
  const allowance = limitsFrom((await policies.policyOf(merchant_id)).overdraft_limits);
  const wanted = limits ?? allowance;
  if (Object.keys(allowance).length === 0)
    throw new OverdraftNotAllowed("the merchant's policy allows no overdraft", [
      {
        pointer: "/overdraft",
        detail: "ask the operator to open it, or for `overdraft_limits` in your policy",
      },
    ]);
  return { wanted: { ...bare, overdraft, overdraft_limits: wanted }, given: { merchant_id, allowance } };
}

/** What one operator may not pay in alone, no operator lends alone either. */
function assertOneHand(above: Record<string, number>, limits: OverdraftLimits): void {
  const errors = Object.entries(limits)
    .filter(([currency, limit]) => needsApproval(above, Number(limit), currency))
    .map(([currency]) => ({
      pointer: `/overdraft_limits/${currency}`,
      detail: `at most ${above[currency]} by one operator: more is for the merchant's policy to allow`,
    }));
  if (errors.length > 0) throw new OverdraftNotAllowed("one operator alone may not allow so much", errors);
}

/** It points at what was sent: where no limit was, at the overdraft. */
function beyond(asked: Asked, wanted: OverdraftLimits, left: OverdraftLimits): OverdraftNotAllowed {
  const errors = Object.entries(wanted)
    .filter(([currency, limit]) => limit > limitOf(left, currency))
    .map(([currency]) => {
      const most = `at most ${limitOf(left, currency)}`;
      const why = "what the merchant's policy has left for its accounts";
      return asked.limits
        ? { pointer: `/overdraft_limits/${currency}`, detail: `${most}: ${why}` }
        : { pointer: "/overdraft", detail: `${most} ${currency}: ${why}, name \`overdraft_limits\`` };
    });
  return new OverdraftNotAllowed("the merchant's policy does not allow so much", errors);
}

const otherTerms = (which: string): AccountExists =>
  new AccountExists(`the account exists with ${which}: its terms are fixed, open another account`);

/** The account, if it is on the terms that are asked for. */
function assertTerms(account: Account, { overdraft, limits }: Asked): Account {
  if (overdraft !== undefined && account.overdraft !== overdraft) throw otherTerms("another overdraft rule");
  if (limits !== undefined && !isSameLimits(account.overdraft_limits ?? {}, limits))
    throw otherTerms("other overdraft limits");
  return account;
}

/** Throws InvalidRequest with all errors at once, and ScopeMissing to who may name no merchant. */
function readOpening({ scopes }: Caller, body: Record<string, unknown>, needsReason: boolean): Asked {
  const isOperator = scopes.has("ops");
  if (body.merchant_id !== undefined && !isOperator)
    throw new ScopeMissing("naming a merchant needs the scope ops");
  const broken = violations(schemas.OpenAccountRequest, body);
  const members = soundMembers(body, broken);
  const errors = [
    ...broken,
    ...suspectStrings(members),
    ...reservedAccounts(members, ["account_id"]),
    ...unknownMerchant(members),
  ];
  if (errors.length === 0)
    errors.push(...wrongTerms(body as unknown as OpenAccountRequest, isOperator, needsReason));
  if (errors.length > 0) throw new InvalidRequest("the request has errors", errors);
  const { overdraft_limits, ...rest } = body as unknown as OpenAccountRequest;
  return { ...rest, limits: overdraft_limits && limitsFrom(overdraft_limits) };
}

function wrongTerms(asked: OpenAccountRequest, isOperator: boolean, needsReason: boolean): FieldError[] {
  const { overdraft, overdraft_limits, reason } = asked;
  const isGift = overdraft === "allow" && isOperator;
  const checks: [boolean, string, string][] = [
    [
      overdraft_limits !== undefined && overdraft !== "allow",
      "/overdraft_limits",
      "only with overdraft allow",
    ],
    [isGift && overdraft_limits === undefined, "/overdraft_limits", "is required with `allow`"],
    [isGift && needsReason && reason === undefined, "/reason", "is required: say why"],
    [!isGift && reason !== undefined, "/reason", "only an operator who allows an overdraft gives one"],
    ...Object.keys(overdraft_limits ?? {}).map((currency): [boolean, string, string] => [
      !isCurrency(currency),
      `/overdraft_limits/${currency}`,
      "is not a currency of ISO 4217 that can be paid with",
    ]),
  ];
  return checks.filter(([is]) => is).map(([, pointer, detail]) => ({ pointer, detail }));
}
