// Generated from schemas/ by `make generate`. Change the schema, not this file.

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
 * The merchant's own name of the payment: only one living payment may carry it.
 */
export type Reference = string;
export type Rail = "card" | "stablecoin";
export type Status =
  "PENDING" | "PROCESSING" | "COMPLETED" | "FAILED" | "CANCELED" | "IN_REVIEW" | "PARTIALLY_REFUNDED" | "REFUNDED";
export type Timestamp = string;

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
  metadata?: Metadata;
}
/**
 * The merchant's own data on a payment: up to 50 keys of 40 characters with strings of 500.
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
}
/**
 * Body of POST /accounts.
 */
export interface OpenAccountRequest {
  account_id: AccountId;
  /**
   * forbid: a debit beyond the funds is refused at once. Default allow.
   */
  overdraft?: "allow" | "forbid";
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
  /**
   * In minor units; known once the ledger is posted.
   */
  fee?: number;
  source_account?: AccountId;
  destination_account?: AccountId;
  user_id?: Uuid;
  reference?: Reference;
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
  failure?: Failure;
  error_message?: string;
  created_at: Timestamp;
  updated_at: Timestamp;
  processed_at?: Timestamp;
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
 * Body of POST /provider-webhooks/{provider}: what became of one operation, as the provider's own books have it.
 */
export interface ProviderWebhook {
  type: "operation.updated";
  /**
   * The operation under one of our keys, as it stands at the provider.
   */
  operation: {
    /**
     * The provider's own id.
     */
    id: string;
    operation: "authorize" | "capture" | "void";
    idempotency_key: string;
    /**
     * The payment's id.
     */
    reference: string;
    state: "pending" | "succeeded" | "refused" | "tombstoned";
    at: Timestamp;
  };
}
/**
 * The body of POST /sagas/{payment_id}/redrive.
 */
export interface RedriveRequest {
  /**
   * true: a new execution takes the payment over, instead of the failed one going on where it ended.
   */
  new_attempt?: boolean;
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
  occurred_at: Timestamp;
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
  occurred_at: Timestamp;
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
  occurred_at: Timestamp;
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
  occurred_at: Timestamp;
  status: "CANCELED";
  data: {
    failure: Failure;
  };
}
/**
 * The amount was captured and is available to the merchant.
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
  occurred_at: Timestamp;
  status: "COMPLETED";
  data: {
    capture_id: string;
    journal_id: string;
    amount: Amount;
    currency: Currency;
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
  occurred_at: Timestamp;
  status: "FAILED";
  data: {
    failure: Failure;
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
  occurred_at: Timestamp;
  status: "COMPLETED";
  data: {};
}
/**
 * The payment's execution gave up: a person, or a redrive once the reason is gone, must take it up again.
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
  occurred_at: Timestamp;
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
  occurred_at: Timestamp;
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
  occurred_at: Timestamp;
  status: "PROCESSING";
  data: {
    /**
     * The name of the execution.
     */
    execution: string;
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
  occurred_at: Timestamp;
  status: "PROCESSING";
  data: {
    journal_id: string;
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
  occurred_at: Timestamp;
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
  occurred_at: Timestamp;
  status: "PROCESSING";
  data: {
    /**
     * Absent when the hold was prevented before it happened.
     */
    authorization_id?: string;
  };
}
/**
 * functions/manifest.json: the one list of functions, machines, tables, queues, rules, buses and switches, and of who may touch what.
 */
export interface Manifest {
  functions: {
    [k: string]: {
      description: string;
      memory_mb: number;
      timeout_seconds: number;
      /**
       * true: it calls a provider.
       */
      provider?: true;
      /**
       * true: it verifies what a provider signed.
       */
      provider_webhooks?: true;
      /**
       * @minItems 1
       */
      routes?: {
        method: "GET" | "POST" | "DELETE" | "ANY";
        path: string;
        /**
         * Absent: open to everybody.
         */
        scope?: "payments:write" | "payments:read" | "ops";
      }[];
      queue?: {
        name: string;
        batch_size: number;
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
      stream: boolean;
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
      visibility_timeout_seconds: number;
      retention_seconds: number;
      receive_wait_seconds: number;
      /**
       * Then to the dead letters.
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
   * Kill switches, `<rail or provider>/<what it does>`, off until a person turns them on.
   */
  switches: {
    [k: string]: {
      description: string;
    };
  };
}
/**
 * The rules that ValidatePayment applies: the deployment's defaults, and a merchant's own overrides.
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
   * The largest payment per currency, in minor units; no entry, no limit.
   */
  max_amount?: {
    [k: string]: Amount;
  };
  /**
   * The card rail's fee in basis points of the amount, rounded down to the minor unit.
   */
  card_fee_bps?: number;
}
/**
 * What a state machine passes to every task: ids and nothing else.
 */
export interface SagaInput {
  payment_id: Uuid;
  /**
   * $$.Execution.Name: who claims to own the payment.
   */
  execution: string;
}
/**
 * A message of the start queue: the payment whose saga is to be started.
 */
export interface StartRequest {
  payment_id: Uuid;
  /**
   * Given for a later attempt: the name to start it under.
   */
  execution?: string;
}
