// Claims the payment for one execution, and judges what the request alone could not show: the
// merchant, the rail, the limit and the accounts.
import type { Policy, SagaInput } from "../lib/contracts/types.ts";
import { DEFAULT_ACCOUNT, merchantKey } from "../lib/domain/accounts.ts";
import { isCurrency } from "../lib/domain/currencies.ts";
import { type Guard, objectionTo } from "../lib/domain/guard.ts";
import { isDone, type PaymentRecord, refusalBy } from "../lib/domain/payment.ts";
import {
  AccountClosed,
  ContractViolated,
  type ContraError,
  MerchantDisabled,
  MerchantLimitExceeded,
  RailDisabled,
  Superseded,
} from "../lib/errors/registry.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { LedgerStore } from "../lib/ports/ledger-store.ts";
import type { PaymentStore } from "../lib/ports/payment-store.ts";
import type { PolicySource } from "../lib/ports/policy-source.ts";
import { loadPayment } from "../lib/saga/load-payment.ts";
import { refuse } from "../lib/saga/record-refusal.ts";

const STEP = "validate-payment";
export const throws = [
  "AccountClosed",
  "MerchantDisabled",
  "MerchantLimitExceeded",
  "RailDisabled",
  "CancelRequested",
  "UndoStarted",
  "ContradictionStands",
  "Superseded",
  "StoreContention",
  "StoreUnavailable",
] as const;

export type Ports = {
  payments: PaymentStore;
  accounts: Pick<LedgerStore, "account" | "open">;
  policies: PolicySource;
  clock: Clock;
  /** True where an unknown account opens by itself. */
  opensAccounts: boolean;
};

export const validatePayment =
  (ports: Ports) =>
  async ({ payment_id, execution }: SagaInput): Promise<void> => {
    const { payments } = ports;
    const payment = await loadPayment(payments, { payment_id, execution });
    const guard: Guard = { execution, step: STEP, refusedIfCancelRequested: true, acceptsUnclaimed: true };
    const judging: Guard = { ...guard, decides: STEP };
    // A later attempt finds it done and goes on, cancelled or not: each step withdraws only what it
    // began itself.
    if (payment.owner_execution === execution && isDone(payment, STEP)) return;
    const objection = objectionTo(guard, payment);
    if (objection) throw objection;
    const earlier = refusalBy(payment, STEP);
    if (earlier) throw earlier;
    const policy = await ports.policies.policyOf(payment.merchant_id);
    const refusal = refusalOf(payment, policy) ?? (await closedAccount(ports, payment, policy.limits));
    if (refusal) await refuse(payments, payment, STEP, refusal, judging);
    const after = await payments.commit(payment, {
      guard: judging,
      step: STEP,
      status: "PROCESSING",
      changes: { owner_execution: execution },
      event: { type: "payment.validated", data: { execution, destination_account: destinationOf(payment) } },
      journals: [],
      achieves: { done: STEP },
    });
    // The claim of another execution makes the step done too: whoever came second is no owner.
    if (after.owner_execution !== execution) throw new Superseded("another execution claimed the payment");
  };

const destinationOf = (payment: PaymentRecord): string => payment.destination_account ?? DEFAULT_ACCOUNT;

/** What the policy refuses: the merchant first, then the rail, then the amount. */
function refusalOf(payment: PaymentRecord, policy: Required<Policy>): ContraError | undefined {
  if (!isCurrency(payment.currency))
    throw new ContractViolated(`${payment.currency} was accepted and is no currency`);
  if (!policy.enabled) return new MerchantDisabled("the merchant may not take payments");
  if (policy.rails[payment.rail] === false) return new RailDisabled(`the ${payment.rail} rail is off`);
  const limit = policy.max_amount[payment.currency];
  if (limit !== undefined && payment.amount > BigInt(limit)) {
    return new MerchantLimitExceeded(
      `the amount exceeds the merchant's limit of ${limit} ${payment.currency}`,
    );
  }
  return undefined;
}

/** The first refusal of an account that the payment moves money of: the source comes first. */
async function closedAccount(
  ports: Ports,
  payment: PaymentRecord,
  limits: Policy["limits"],
): Promise<ContraError | undefined> {
  const source = payment.source_account && (await closed(ports, payment, payment.source_account, limits));
  return source || closed(ports, payment, destinationOf(payment), limits);
}

/**
 * The refusal of an account that is closed or unknown. Outside production an unknown account opens
 * by itself, with play money: nothing guards it. The merchant's bound holds for these too.
 */
async function closed(
  ports: Ports,
  payment: PaymentRecord,
  account_id: string,
  { accounts: most }: NonNullable<Policy["limits"]> = {},
): Promise<ContraError | undefined> {
  const account_key = merchantKey(payment.merchant_id, account_id);
  const account = await ports.accounts.account(account_key);
  if (account)
    return account.status === "open" ? undefined : new AccountClosed(`account ${account_id} is closed`);
  if (!ports.opensAccounts) return new AccountClosed(`account ${account_id} does not exist`);
  const opened_at = new Date(ports.clock.now()).toISOString();
  const rule = { overdraft: "allow", unguarded: true } as const;
  const bound = most === undefined ? undefined : { merchant_id: payment.merchant_id, most };
  try {
    await ports.accounts.open({ account_key, account_id, status: "open", ...rule, opened_at }, bound);
    return undefined;
  } catch (error) {
    if (error instanceof MerchantLimitExceeded) return error;
    throw error;
  }
}
