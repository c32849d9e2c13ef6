// The memory adapters keep the contract of the real ones: what a unit test sees in memory holds in
// DynamoDB.

import { MARK_KINDS, unmarked } from "../../../functions/lib/domain/payment.ts";
import { describeFindingStore } from "../../support/conformance/finding-store.ts";
import type { Hand, Stores } from "../../support/conformance/fixtures.ts";
import { describeLedgerStore } from "../../support/conformance/ledger-store.ts";
import { describeOperatorJournal } from "../../support/conformance/operator-journal.ts";
import { describePaymentStore } from "../../support/conformance/payment-store.ts";
import { describeQuoteStore } from "../../support/conformance/quote-store.ts";
import { ManualClock } from "../../support/memory/manual-clock.ts";
import { MemoryFindingStore } from "../../support/memory/memory-finding-store.ts";
import { MemoryLedgerStore } from "../../support/memory/memory-ledger-store.ts";
import { MemoryPaymentStore } from "../../support/memory/memory-payment-store.ts";
import { MemoryQuoteStore } from "../../support/memory/memory-quote-store.ts";

async function make(): Promise<Stores> {
  const clock = new ManualClock();
  const payments = new MemoryPaymentStore(clock);
  const { operations } = payments;
  const ledger = new MemoryLedgerStore(payments.journals, payments.guards, clock, operations);
  const hand: Hand = {
    alter: async (paymentId, { marks = {}, ...change }) => {
      const standing = payments.read(paymentId)?.marks ?? unmarked();
      const kinds = MARK_KINDS.map((kind) => [kind, { ...standing[kind], ...marks[kind] }]);
      payments.alter(paymentId, { ...change, marks: Object.fromEntries(kinds) });
    },
    putEvent: async (event) => payments.putEvent(event),
    loseEvent: async (paymentId, sequence) => payments.loseEvent(paymentId, sequence),
    losePayment: async (paymentId) => payments.losePayment(paymentId),
    keepAsBefore: async ({ payment: { payment_id }, response }) => {
      payments.keepWhole(payment_id, response);
      payments.alter(payment_id, { metadata: { order: "7" } });
    },
  };
  return {
    payments,
    ledger,
    quotes: new MemoryQuoteStore(payments.quotes),
    operations,
    approvals: ledger.approvals,
    clock,
    hand,
  };
}

describePaymentStore("memory", make);
describeLedgerStore("memory", make);
describeQuoteStore("memory", make);
describeOperatorJournal("memory", make);
describeFindingStore("memory", async () => {
  const findings = new MemoryFindingStore();
  const find = async (paymentId: string, kind: string) =>
    findings.all().find((one) => one.payment_id === paymentId && one.kind === kind);
  return { findings, find };
});
