// Generated from schemas/ by `make generate`. Change the schema, not this file.

/**
 * Why an operator does it, for whoever reads the operator's journal. Nothing of a payer.
 */
export type Reason = string;
/**
 * An amount in the currency's minor unit (ISO 4217 exponent).
 */
export type Amount = number;
/**
 * An ISO 4217 code.
 */
export type Currency = string;
export type Uuid = string;
/**
 * An account of the merchant; ids are the merchant's own.
 */
export type AccountId = string;
/**
 * The merchant's own name for the payment. Only one living payment may carry it.
 */
export type Reference = string;
/**
 * What the merchant says of the payment, for people. Nothing of a card.
 */
export type Description = string;
/**
 * The merchant of the account. The default is the token's own merchant.
 */
export type MerchantId = string;
/**
 * Whose account it is; only with the scope ops. The default is the token's own merchant.
 */
export type MerchantId1 = string;
export type Rail = "card" | "stablecoin";
export type Status =
  "PENDING" | "PROCESSING" | "COMPLETED" | "FAILED" | "CANCELED" | "IN_REVIEW" | "PARTIALLY_REFUNDED" | "REFUNDED";
/**
 * Since when no step of it begins any more, because the merchant cancelled it.
 */
export type Timestamp = string;
export type Timestamp1 = string;
/**
 * Since when `user_id`, `description` and `metadata` are erased.
 */
export type Timestamp2 = string;
/**
 * An amount in the currency's minor unit (ISO 4217 exponent).
 */
export type Amount1 = number;
/**
 * An ISO 4217 code.
 */
export type Currency1 = string;
/**
 * An amount in the currency's minor unit (ISO 4217 exponent).
 */
export type Amount2 = number;
/**
 * The merchant's rate. The destination receives `source_amount - fee` times this, rounded down.
 */
export type Decimal = string;
/**
 * What the ramps give.
 */
export type Decimal1 = string;
/**
 * The share between `base_rate` and `rate`.
 */
export type Decimal2 = string;
/**
 * The market's rate between buyers and sellers.
 */
export type Decimal3 = string;
/**
 * An amount in the currency's minor unit (ISO 4217 exponent).
 */
export type Amount3 = number;
/**
 * An ISO 4217 code.
 */
export type Currency2 = string;
/**
 * A quote of exactly this amount and these currencies. Without a quote, the rate is read when the
 * saga works on the payment.
 */
export type Uuid1 = string;
/**
 * A decimal number as text.
 */
export type Decimal4 = string;
export type MerchantId2 = string;
/**
 * An amount in the currency's minor unit (ISO 4217 exponent).
 */
export type Amount4 = number;
/**
 * An amount in the currency's minor unit (ISO 4217 exponent).
 */
export type Amount5 = number;
/**
 * An amount in the currency's minor unit (ISO 4217 exponent).
 */
export type Amount6 = number;
/**
 * An amount in the currency's minor unit (ISO 4217 exponent).
 */
export type Amount7 = number;
/**
 * The cells that take merchants, one per production workspace. A new cell goes to the end. A cell
 * is never removed while a merchant lives in it.
 *
 * @minItems 1
 */
export type Cells = Cell[];

/**
 * Body of POST /approvals/{approval_id}: what was asked for stands, and cannot be changed.
 */
export interface ApprovalRequest {
  reason?: Reason;
}
/**
 * Body of POST /payments/{payment_id}/cancel: empty. None may be sent.
 */
export interface CancelRequest {}
/**
 * Body of POST /payments for the card rail, and of POST /v1/charges.
 */
export interface CardPaymentRequest {
  amount: Amount;
  currency: Currency;
  user_id: Uuid;
  rail?: "card";
  /**
   * The provider's token for a card; never a card number.
   */
  payment_method?: string;
  destination_account?: AccountId;
  reference?: Reference;
  description?: Description;
  metadata?: Metadata;
}
/**
 * The merchant's own data on a payment: up to 50 keys of 40 characters with strings of 500, and at
 * most 16,384 bytes of UTF-8, keys and values together.
 */
export interface Metadata {
  [k: string]: string;
}
/**
 * Body of POST /accounts/{account_id}/deposits.
 */
export interface DepositRequest {
  amount: Amount;
  currency: Currency;
  reason?: Reason;
  merchant_id?: MerchantId;
}
/**
 * Body of POST /payments/{payment_id}/erase. None may be sent.
 */
export interface ErasureRequest {
  reason?: Reason;
}
/**
 * Body of POST /accounts.
 */
export interface OpenAccountRequest {
  account_id: AccountId;
  /**
   * forbid, the default: a debit beyond the funds is refused at once. allow: it may go as far below
   * zero as overdraft_limits says; for the scope ops, which has to name them, and for a merchant
   * within the limits of its policy.
   */
  overdraft?: "allow" | "forbid";
  overdraft_limits?: OverdraftLimits;
  merchant_id?: MerchantId1;
  reason?: Reason;
}
/**
 * How far below zero an account may go, per currency and in minor units. A currency without an
 * entry may not.
 */
export interface OverdraftLimits {
  [k: string]: Amount;
}
/**
 * Body of PATCH /payments/{payment_id}: a merge patch (RFC 7396). null takes a member away.
 */
export interface PaymentChange {
  description?: string | null;
  /**
   * Of a payment that completed, and of no other: its guard would be released with a failure.
   */
  reference?: string | null;
  /**
   * As many names as may go and come at once. What is left keeps the bounds of metadata.
   */
  metadata?: {
    [k: string]: string | null;
  } | null;
}
/**
 * A payment as the API shows it. Members without a value are absent.
 */
export interface Payment {
  payment_id: Uuid;
  idempotency_key: string;
  merchant_id: string;
  rail: Rail;
  amount: Amount;
  currency: Currency;
  destination_currency?: Currency;
  /**
   * What the destination receives, in minor units of its currency; known once the ledger is posted.
   */
  destination_amount?: number;
  quote_id?: Uuid;
  /**
   * In minor units; known once the ledger is posted.
   */
  fee?: number;
  source_account?: AccountId;
  destination_account?: AccountId;
  user_id?: Uuid;
  reference?: Reference;
  description?: Description;
  metadata?: Metadata;
  status: Status;
  /**
   * The last step that committed.
   */
  step?: string;
  on_ramp_tx_id?: string;
  off_ramp_tx_id?: string;
  authorization_id?: string;
  capture_id?: string;
  cancel_requested_at?: Timestamp;
  failure?: Failure;
  error_message?: string;
  created_at: Timestamp1;
  updated_at: Timestamp1;
  processed_at?: Timestamp1;
  erased_at?: Timestamp2;
  version: number;
}
/**
 * Why a payment failed: the error's name, where, and which steps were undone.
 */
export interface Failure {
  code: string;
  message: string;
  step: string;
  undone: string[];
}
/**
 * Body of POST /provider-webhooks/{provider}: the outcome of one operation by the provider's own
 * books. It is written by others, who add to it: members, types, operations and states that are not
 * known here are let pass.
 */
export interface ProviderWebhook {
  /**
   * `operation.updated`; any other type is answered and counted, and not read.
   */
  type: string;
  /**
   * The operation under one of our keys, as it stands at the provider.
   */
  operation: {
    /**
     * The provider's own id. A success without one is no proof: the provider is asked.
     */
    id?: string;
    /**
     * authorize, capture, void, on_ramp, off_ramp or reverse_on_ramp.
     */
    operation: string;
    idempotency_key: string;
    /**
     * The payment's id, as the key names it.
     */
    reference?: string;
    /**
     * pending, succeeded, refused or tombstoned.
     */
    state: string;
    /**
     * What moved by the provider's books, in minor units; of a ramp what it took. A tombstone moved
     * 0.
     */
    amount?: number;
    /**
     * The currency of `amount`; XXX of a tombstone.
     */
    currency?: string;
    /**
     * What a ramp gave, in minor units of `receive_currency`; 0 where it gave nothing.
     */
    receive_amount?: number;
    /**
     * The currency of `receive_amount`.
     */
    receive_currency?: string;
    /**
     * When it happened, by the provider's clock (RFC 3339, in any zone and precision).
     */
    at: string;
    [k: string]: unknown;
  };
  [k: string]: unknown;
}
/**
 * Body of POST /quotes.
 */
export interface QuoteRequest {
  amount: Amount1;
  currency: Currency1;
  destination_currency: Currency;
  /**
   * Which side `amount` names: what is paid (the default), or what is to arrive.
   */
  amount_side?: "source" | "destination";
}
/**
 * A quote as the API shows it. A payment that names it in time gets this conversion. Rates are
 * major unit per major unit.
 */
export interface QuoteView {
  quote_id: Uuid;
  amount_side: "source" | "destination";
  currency: Currency;
  destination_currency: Currency;
  source_amount: Amount2;
  destination_amount: Amount;
  /**
   * Our fee in the source's minor unit.
   */
  fee: number;
  rate: Decimal;
  base_rate: Decimal1;
  spread: Decimal2;
  reference_rate: Decimal3;
  created_at: Timestamp1;
  expires_at: Timestamp1;
}
/**
 * The body of POST /sagas/{payment_id}/redrive.
 */
export interface RedriveRequest {
  /**
   * true: a new execution takes the payment over. Otherwise the failed one continues where it
   * ended.
   */
  new_attempt?: boolean;
  reason?: Reason;
  learned?: Learned;
}
/**
 * Evidence that an operator got from the provider about an operation in doubt, whose key may have
 * expired at the provider. It is kept like a report of the provider, before the saga goes on.
 */
export interface Learned {
  operation: "authorize" | "capture" | "void" | "on_ramp" | "off_ramp" | "reverse_on_ramp";
  /**
   * succeeded: it happened. refused: the provider refused it. tombstoned: it never happened and
   * never will. An undo (void, reverse_on_ramp) may only be succeeded.
   */
  state: "succeeded" | "refused" | "tombstoned";
  /**
   * The provider's id of the operation, or of its statement that there is none.
   */
  id: string;
  /**
   * What a ramp gave, in minor units; required where one succeeded.
   */
  received?: number;
}
/**
 * Body of POST /payments for the stablecoin rail. Fiat of the source account becomes USDC, and the
 * USDC becomes fiat of the destination's currency.
 */
export interface StablecoinPaymentRequest {
  amount: Amount3;
  currency: Currency;
  destination_currency?: Currency2;
  source_account: AccountId;
  destination_account: AccountId;
  quote_id?: Uuid1;
  rail?: "stablecoin";
  reference?: Reference;
  description?: Description;
  metadata?: Metadata;
}
/**
 * A payment was recorded; its saga is about to start.
 */
export interface PaymentAcceptedV1 {
  /**
   * payment_id:sequence: the same in every delivery.
   */
  event_id: string;
  type: "payment.accepted";
  version: 1;
  payment_id: Uuid;
  merchant_id: string;
  /**
   * The payment's version after this event; gap-free from 1.
   */
  sequence: number;
  occurred_at: Timestamp1;
  status: "PENDING";
  data: {
    rail: Rail;
    amount: Amount;
    currency: Currency;
  };
}
/**
 * Another execution takes the payment over; the previous one may write no more.
 */
export interface PaymentAttemptedV1 {
  /**
   * payment_id:sequence: the same in every delivery.
   */
  event_id: string;
  type: "payment.attempted";
  version: 1;
  payment_id: Uuid;
  merchant_id: string;
  /**
   * The payment's version after this event; gap-free from 1.
   */
  sequence: number;
  occurred_at: Timestamp1;
  status: "PROCESSING";
  data: {
    /**
     * The name of the execution.
     */
    execution: string;
    /**
     * The execution that it replaces.
     */
    previous: string;
    /**
     * The operator who gave the evidence.
     */
    operator?: string;
    learned?: Learned;
  };
}
/**
 * The provider holds the amount.
 */
export interface PaymentAuthorizedV1 {
  /**
   * payment_id:sequence: the same in every delivery.
   */
  event_id: string;
  type: "payment.authorized";
  version: 1;
  payment_id: Uuid;
  merchant_id: string;
  /**
   * The payment's version after this event; gap-free from 1.
   */
  sequence: number;
  occurred_at: Timestamp1;
  status: "PROCESSING";
  data: {
    authorization_id: string;
    amount: Amount;
    currency: Currency;
  };
}
/**
 * The payment was withdrawn before its pivot, with nothing held and nothing posted.
 */
export interface PaymentCanceledV1 {
  /**
   * payment_id:sequence: the same in every delivery.
   */
  event_id: string;
  type: "payment.canceled";
  version: 1;
  payment_id: Uuid;
  merchant_id: string;
  /**
   * The payment's version after this event; gap-free from 1.
   */
  sequence: number;
  occurred_at: Timestamp1;
  status: "CANCELED";
  data: {
    failure: Failure;
  };
}
/**
 * The amount is available to the merchant. It was captured on the card rail, or converted on the
 * stablecoin rail.
 */
export interface PaymentCompletedV1 {
  /**
   * payment_id:sequence: the same in every delivery.
   */
  event_id: string;
  type: "payment.completed";
  version: 1;
  payment_id: Uuid;
  merchant_id: string;
  /**
   * The payment's version after this event; gap-free from 1.
   */
  sequence: number;
  occurred_at: Timestamp1;
  status: "COMPLETED";
  data: {
    /**
     * Of the card rail.
     */
    capture_id?: string;
    journal_id: string;
    amount: Amount;
    currency: Currency;
    /**
     * Our fee, part of the amount; of the stablecoin rail.
     */
    fee?: number;
    destination_amount?: Amount4;
    destination_currency?: Currency;
  };
}
/**
 * The payment ended with nothing held and nothing posted.
 */
export interface PaymentFailedV1 {
  /**
   * payment_id:sequence: the same in every delivery.
   */
  event_id: string;
  type: "payment.failed";
  version: 1;
  payment_id: Uuid;
  merchant_id: string;
  /**
   * The payment's version after this event; gap-free from 1.
   */
  sequence: number;
  occurred_at: Timestamp1;
  status: "FAILED";
  data: {
    failure: Failure;
  };
}
/**
 * The source account's funds are reserved, and the terms of the conversion are fixed.
 */
export interface PaymentHeldV1 {
  /**
   * payment_id:sequence: the same in every delivery.
   */
  event_id: string;
  type: "payment.held";
  version: 1;
  payment_id: Uuid;
  merchant_id: string;
  /**
   * The payment's version after this event; gap-free from 1.
   */
  sequence: number;
  occurred_at: Timestamp1;
  status: "PROCESSING";
  data: {
    quote_id: Uuid;
    journal_id: string;
    amount: Amount;
    currency: Currency;
    destination_amount: Amount5;
    destination_currency: Currency;
    /**
     * What the merchant gets, one major unit for another, as a decimal number.
     */
    rate: string;
  };
}
/**
 * The source account has its funds back, to the unit.
 */
export interface PaymentHoldReleasedV1 {
  /**
   * payment_id:sequence: the same in every delivery.
   */
  event_id: string;
  type: "payment.hold_released";
  version: 1;
  payment_id: Uuid;
  merchant_id: string;
  /**
   * The payment's version after this event; gap-free from 1.
   */
  sequence: number;
  occurred_at: Timestamp1;
  status: "PROCESSING";
  data: {
    journal_id: string;
    amount: Amount;
    currency: Currency;
  };
}
/**
 * The payment's completion was announced.
 */
export interface PaymentNotifiedV1 {
  /**
   * payment_id:sequence: the same in every delivery.
   */
  event_id: string;
  type: "payment.notified";
  version: 1;
  payment_id: Uuid;
  merchant_id: string;
  /**
   * The payment's version after this event; gap-free from 1.
   */
  sequence: number;
  occurred_at: Timestamp1;
  status: "COMPLETED";
  data: {};
}
/**
 * The off-ramp paid out for the payment's USDC: nothing is in transit any more.
 */
export interface PaymentOffRampedV1 {
  /**
   * payment_id:sequence: the same in every delivery.
   */
  event_id: string;
  type: "payment.off_ramped";
  version: 1;
  payment_id: Uuid;
  merchant_id: string;
  /**
   * The payment's version after this event; gap-free from 1.
   */
  sequence: number;
  occurred_at: Timestamp1;
  status: "PROCESSING";
  data: {
    /**
     * The off-ramp's own id.
     */
    off_ramp_tx_id: string;
    journal_id: string;
    /**
     * USDC that left transit, in its minor unit (6 digits).
     */
    transit_amount: number;
    payout_amount: Amount6;
    destination_currency: Currency;
  };
}
/**
 * The purchase was sold back, or it was prevented for good. Nothing of this payment is in transit.
 */
export interface PaymentOnRampReversedV1 {
  /**
   * payment_id:sequence: the same in every delivery.
   */
  event_id: string;
  type: "payment.on_ramp_reversed";
  version: 1;
  payment_id: Uuid;
  merchant_id: string;
  /**
   * The payment's version after this event; gap-free from 1.
   */
  sequence: number;
  occurred_at: Timestamp1;
  status: "PROCESSING";
  data: {
    /**
     * Absent, like all the rest, when the purchase was prevented before it happened.
     */
    on_ramp_tx_id?: string;
    journal_id?: string;
    currency?: Currency;
    /**
     * What the market gave for the USDC, in minor units of the payment's currency.
     */
    received?: number;
    /**
     * What the sale cost us, in minor units of the payment's currency. Negative when the market
     * gave more.
     */
    cost?: number;
  };
}
/**
 * The on-ramp sold USDC for the payment; it is held in transit.
 */
export interface PaymentOnRampedV1 {
  /**
   * payment_id:sequence: the same in every delivery.
   */
  event_id: string;
  type: "payment.on_ramped";
  version: 1;
  payment_id: Uuid;
  merchant_id: string;
  /**
   * The payment's version after this event; gap-free from 1.
   */
  sequence: number;
  occurred_at: Timestamp1;
  status: "PROCESSING";
  data: {
    /**
     * The on-ramp's own id.
     */
    on_ramp_tx_id: string;
    journal_id: string;
    amount: Amount7;
    currency: Currency;
    /**
     * USDC in transit, in its minor unit (6 digits).
     */
    transit_amount: number;
  };
}
/**
 * The payment's execution gave up. A person must take it up again, or a redrive once the reason is
 * gone.
 */
export interface PaymentParkedV1 {
  /**
   * payment_id:sequence: the same in every delivery.
   */
  event_id: string;
  type: "payment.parked";
  version: 1;
  payment_id: Uuid;
  merchant_id: string;
  /**
   * The payment's version after this event; gap-free from 1.
   */
  sequence: number;
  occurred_at: Timestamp1;
  status: "IN_REVIEW";
  data: {
    /**
     * The name of the execution.
     */
    execution: string;
    /**
     * The state at which the execution ended.
     */
    state: string;
    /**
     * The name of the error that ended it, or the execution's status when there is none.
     */
    error: string;
  };
}
/**
 * The amount stands in the merchant's pending balance.
 */
export interface PaymentPostedV1 {
  /**
   * payment_id:sequence: the same in every delivery.
   */
  event_id: string;
  type: "payment.posted";
  version: 1;
  payment_id: Uuid;
  merchant_id: string;
  /**
   * The payment's version after this event; gap-free from 1.
   */
  sequence: number;
  occurred_at: Timestamp1;
  status: "PROCESSING";
  data: {
    journal_id: string;
    fee: number;
  };
}
/**
 * The payment's execution goes on where it had ended.
 */
export interface PaymentResumedV1 {
  /**
   * payment_id:sequence: the same in every delivery.
   */
  event_id: string;
  type: "payment.resumed";
  version: 1;
  payment_id: Uuid;
  merchant_id: string;
  /**
   * The payment's version after this event; gap-free from 1.
   */
  sequence: number;
  occurred_at: Timestamp1;
  status: "PROCESSING";
  data: {
    /**
     * The name of the execution.
     */
    execution: string;
    /**
     * The operator who gave the evidence.
     */
    operator?: string;
    learned?: Learned;
  };
}
/**
 * The ledger posting was cancelled by its contra entry.
 */
export interface PaymentReversedV1 {
  /**
   * payment_id:sequence: the same in every delivery.
   */
  event_id: string;
  type: "payment.reversed";
  version: 1;
  payment_id: Uuid;
  merchant_id: string;
  /**
   * The payment's version after this event; gap-free from 1.
   */
  sequence: number;
  occurred_at: Timestamp1;
  status: "PROCESSING";
  data: {
    journal_id: string;
  };
}
/**
 * The merchant changed what it says of its payment. It is no event of the saga: it has a number of
 * its own in place of `sequence`, and the payment's state is as it was.
 */
export interface PaymentUpdatedV1 {
  /**
   * payment_id:change-number: the same in every delivery.
   */
  event_id: string;
  type: "payment.updated";
  version: 1;
  payment_id: Uuid;
  merchant_id: string;
  /**
   * The number of the change; gap-free from 1.
   */
  change: number;
  /**
   * The last event of the saga that the change came after: it stands behind that in the trail.
   */
  after_sequence: number;
  occurred_at: Timestamp1;
  status: Status;
  data: {
    /**
     * The members that are other than before, without their values.
     *
     * @minItems 1
     * @maxItems 3
     */
    changed: ("description" | "metadata" | "reference")[];
  };
}
/**
 * An execution claimed the payment and the rules allow it.
 */
export interface PaymentValidatedV1 {
  /**
   * payment_id:sequence: the same in every delivery.
   */
  event_id: string;
  type: "payment.validated";
  version: 1;
  payment_id: Uuid;
  merchant_id: string;
  /**
   * The payment's version after this event; gap-free from 1.
   */
  sequence: number;
  occurred_at: Timestamp1;
  status: "PROCESSING";
  data: {
    execution: string;
    destination_account: AccountId;
  };
}
/**
 * The provider holds nothing of this payment any more.
 */
export interface PaymentVoidedV1 {
  /**
   * payment_id:sequence: the same in every delivery.
   */
  event_id: string;
  type: "payment.voided";
  version: 1;
  payment_id: Uuid;
  merchant_id: string;
  /**
   * The payment's version after this event; gap-free from 1.
   */
  sequence: number;
  occurred_at: Timestamp1;
  status: "PROCESSING";
  data: {
    /**
     * Absent when the hold was prevented before it happened.
     */
    authorization_id?: string;
  };
}
export interface Cell {
  /**
   * The cell's Terraform workspace; its settings are environments/<name>.tfvars.
   */
  name: string;
  /**
   * The address of the cell. It is the only route that a merchant of the cell gets.
   */
  base_url: string;
  /**
   * closed: takes no new merchants, and serves those that live in it.
   */
  state: "open" | "closed";
  /**
   * The account's quotas: AWS's defaults, or those of docs/capacity.md raised.
   */
  quotas: "defaults" | "raised";
  /**
   * Payments per second that may be promised to merchants of this cell, in all.
   */
  capacity_per_second: number;
}
/**
 * functions/manifest.json: the one list of functions, machines, tables, queues, rules, buses,
 * switches and providers. It also says who may use what.
 */
export interface Manifest {
  functions: {
    [k: string]: {
      description: string;
      /**
       * true: a part of the sandbox provider, absent from production. Its routes belong to an API
       * of their own. On a laptop a process takes its place.
       */
      sandbox?: true;
      memory_mb: number;
      timeout_seconds: number;
      /**
       * true: it calls a provider.
       */
      provider?: true;
      /**
       * @minItems 1
       */
      routes?: {
        method: "GET" | "POST" | "PATCH" | "DELETE" | "ANY";
        path: string;
        /**
         * Without a scope the route is open to everybody.
         */
        scope?: "payments:write" | "payments:read" | "ops";
        /**
         * Another scope that opens the route as well.
         */
        or_scope?: "ops";
        /**
         * The route's throttling class. Terraform's variable `throttles` has the rate of each
         * class. `webhooks`: posts of a provider, which are signed and have no token. `open`: every
         * other route without a scope.
         */
        throttle: "writes" | "reads" | "ops" | "webhooks" | "open";
      }[];
      queue?: {
        name: string;
        /**
         * More than 10 need a window: SQS gives 10 in one answer.
         */
        batch_size: number;
        /**
         * How long a batch that is not full waits for more messages; 0 where it is absent.
         */
        window_seconds?: number;
      };
      stream?: {
        table: string;
        batch_size: number;
        window_seconds: number;
        max_retries: number;
        /**
         * A pattern over the stream's records.
         */
        filter: {};
      };
      schedule?: {
        rate_seconds: number;
      };
      /**
       * What its role may do; Terraform derives the policy from it.
       */
      access: {
        tables?: {
          /**
           * @minItems 1
           */
          [k: string]: (
            "GetItem" | "BatchGetItem" | "Query" | "PutItem" | "UpdateItem" | "DeleteItem" | "ConditionCheckItem"
          )[];
        };
        /**
         * By table and index, such as `payments/open`. A right to a table does not include its
         * indexes.
         */
        indexes?: {
          /**
           * @minItems 1
           */
          [k: string]: "Query"[];
        };
        machines?: {
          /**
           * @minItems 1
           */
          [k: string]: (
            "StartExecution" | "DescribeExecution" | "GetExecutionHistory" | "ListExecutions" | "RedriveExecution"
          )[];
        };
        queues?: {
          /**
           * @minItems 1
           */
          [k: string]: "SendMessage"[];
        };
        /**
         * @minItems 1
         */
        bus?: "PutEvents"[];
        /**
         * By provider.
         */
        secrets?: {
          /**
           * @minItems 1
           */
          [k: string]: "GetSecretValue"[];
        };
        /**
         * @minItems 1
         */
        switches?: "GetParametersByPath"[];
      };
    };
  };
  machines: {
    [k: string]: {
      description: string;
    };
  };
  tables: {
    [k: string]: {
      /**
       * As of a function.
       */
      sandbox?: true;
      stream: boolean;
      /**
       * Of which items an action is allowed, by patterns of their `pk`; no role may do more. An
       * action that is not named is allowed of all.
       */
      only?: {
        /**
         * @minItems 1
         */
        [k: string]: string[];
      };
      /**
       * The attribute of an item that says when DynamoDB may delete it, in seconds since the epoch.
       * It may come days late, and what has no such attribute stays for ever. Absent: nothing is
       * deleted.
       */
      expires?: string;
      /**
       * Sparse, KEYS_ONLY, both keys strings.
       */
      indexes: {
        [k: string]: {
          hash_key: string;
          range_key: string;
        };
      };
    };
  };
  queues: {
    [k: string]: {
      description: string;
      /**
       * As of a function.
       */
      sandbox?: true;
      visibility_timeout_seconds: number;
      retention_seconds: number;
      receive_wait_seconds: number;
      /**
       * So long a message is held back at first; absent: not at all. A message that names a delay
       * of its own has that.
       */
      delivery_delay_seconds?: number;
      /**
       * After so many receives a message goes to the dead letters.
       */
      max_receives?: number;
      /**
       * Instead of max_receives.
       */
      why_no_dead_letters?: string;
    };
  };
  rules: {
    [k: string]: {
      description: string;
      bus: string;
      /**
       * An EventBridge event pattern.
       */
      pattern: {};
      queue: string;
    };
  };
  buses: {
    [k: string]: {
      description: string;
    };
  };
  /**
   * Whom we call; each has a secret of this name.
   */
  providers: {
    [k: string]: {
      description: string;
      public_credentials: ProviderCredentials;
    };
  };
  /**
   * Kill switches, `<rail or provider>/<what it does>`, off until a person turns them on.
   */
  switches: {
    [k: string]: {
      description: string;
    };
  };
}
/**
 * A public value of the secret, for environments without real money. Production never has it.
 */
export interface ProviderCredentials {
  /**
   * The bearer key.
   */
  key: string;
  /**
   * One, or two while they rotate (Standard Webhooks 1.0).
   *
   * @minItems 1
   * @maxItems 2
   */
  webhook_secrets: string[];
}
/**
 * The rules that ValidatePayment applies: the deployment's defaults and a merchant's overrides.
 */
export interface Policy {
  /**
   * false: the merchant's payments are refused.
   */
  enabled?: boolean;
  /**
   * false: payments of that rail are refused.
   */
  rails?: {
    card?: boolean;
    stablecoin?: boolean;
  };
  /**
   * The largest payment per currency, in minor units. A currency without an entry has no limit.
   */
  max_amount?: {
    [k: string]: Amount;
  };
  overdraft_limits?: OverdraftLimits1;
  /**
   * The card rail's fee in basis points of the amount, rounded down to the minor unit.
   */
  card_fee_bps?: number;
  /**
   * The stablecoin rail's fee in basis points of the source amount, rounded down to the minor unit.
   */
  stablecoin_fee_bps?: number;
  /**
   * What happens to value in transit while the off-ramp stays down. The payout is tried again for
   * `after_seconds` from the purchase, or for six hours where the action is resume. Then the value
   * is held until a person decides (resume, hold), or sold back (unwind). Only the deployment sets
   * this.
   */
  off_ramp_outage?: {
    action: "resume" | "hold" | "unwind";
    after_seconds: number;
    /**
     * Whom to notify when the payment is parked. The finding names them.
     */
    tell: string;
  };
  /**
   * true: an operator's deposit, approval, redrive, erasure or overdraft needs a `reason`. Only the
   * deployment sets this.
   */
  reason_required?: boolean;
  /**
   * Deposits above this need a second operator, and no operator gives an overdraft above it, per
   * currency and in minor units. A currency without an entry has no such limit. Only the deployment
   * sets this.
   */
  deposit_approval_above?: {
    [k: string]: number;
  };
  /**
   * The cap of value in transit per currency, in minor units (USDC has 6 digits). At the cap new
   * payments wait in the start queue. Only the deployment sets this: a merchant's value is not
   * read.
   */
  exposure_caps?: {
    [k: string]: number;
  };
  /**
   * How much a merchant may ask for, so that it does not make its neighbours poor. Absent: no
   * limit.
   */
  limits?: {
    /**
     * POSTs of the merchant: so many a second, and so many at once after a pause. Environments
     * lease them in blocks of 20, so that `burst` is to be 20 for each environment that they meet.
     */
    writes?: {
      per_second: number;
      burst: number;
    };
    /**
     * Quotes that expire within the same minute.
     */
    quotes_per_minute?: number;
    /**
     * Accounts of the merchant, those that opened by themselves among them.
     */
    accounts?: number;
  };
  /**
   * What we take off the ramps' rate, in basis points.
   */
  stablecoin_spread_bps?: number;
}
/**
 * How far below zero an account may go, per currency and in minor units. A currency without an
 * entry may not.
 */
export interface OverdraftLimits1 {
  [k: string]: Amount;
}
/**
 * The value of a provider's secret: the key that we call with, and the secrets that sign its
 * webhooks.
 */
export interface ProviderCredentials1 {
  /**
   * The bearer key.
   */
  key: string;
  /**
   * One, or two while they rotate (Standard Webhooks 1.0).
   *
   * @minItems 1
   * @maxItems 2
   */
  webhook_secrets: string[];
}
/**
 * What a state machine passes to every task: ids and nothing else.
 */
export interface SagaInput {
  payment_id: Uuid;
  /**
   * $$.Execution.Name: the execution that claims to own the payment.
   */
  execution: string;
}
/**
 * A message of the queue sandbox-webhooks: the row of the sandbox's books that a webhook is about.
 */
export interface SandboxAnnouncement {
  row_id: string;
  /**
   * The number of tries that failed.
   */
  tries: number;
}
/**
 * A message of the start queue: the payment whose saga is to be started.
 */
export interface StartRequest {
  payment_id: Uuid;
  /**
   * The name of a later attempt's execution. Absent for the first attempt.
   */
  execution?: string;
}
