// The stablecoin rail: buy, pay out, and the sale in between.
import { authorizeConversion } from "../../functions/authorize-conversion/authorize-conversion.ts";
import { failPayment } from "../../functions/fail-payment/fail-payment.ts";
import { notifyPayment } from "../../functions/notify-payment/notify-payment.ts";
import { offRamp } from "../../functions/off-ramp/off-ramp.ts";
import { onRamp } from "../../functions/on-ramp/on-ramp.ts";
import { postLedger } from "../../functions/post-ledger/post-ledger.ts";
import { releaseHold } from "../../functions/release-hold/release-hold.ts";
import { resolveOffRamp } from "../../functions/resolve-off-ramp/resolve-off-ramp.ts";
import { resolveOnRamp } from "../../functions/resolve-on-ramp/resolve-on-ramp.ts";
import { reverseOnRamp } from "../../functions/reverse-on-ramp/reverse-on-ramp.ts";
import { validatePayment } from "../../functions/validate-payment/validate-payment.ts";
import { readMachine } from "./machine.ts";
import {
  absentTooSoon,
  COMMON_MUTANTS,
  freshKeys,
  type Mutant,
  nothingIntended,
  over,
  redirect,
  undoBeforeTombstone,
  unheeded,
  withoutJudging,
} from "./mutants.ts";
import { RampBooks } from "./ramp-books.ts";
import type { Scenario } from "./scenario.ts";
import { overContradictions, RAMP_WORD_MUTANTS, refusalUnread, WORD_MUTANTS } from "./word-mutants.ts";

const TASKS = {
  "validate-payment": validatePayment,
  "authorize-conversion": authorizeConversion,
  "on-ramp": onRamp,
  "resolve-on-ramp": resolveOnRamp,
  "off-ramp": offRamp,
  "resolve-off-ramp": resolveOffRamp,
  "post-ledger": postLedger,
  "notify-payment": notifyPayment,
  "reverse-on-ramp": reverseOnRamp,
  "release-hold": releaseHold,
  "fail-payment": failPayment,
};

const MUTANTS: readonly Mutant[] = [
  ...COMMON_MUTANTS,
  ...WORD_MUTANTS,
  ...RAMP_WORD_MUTANTS,
  overContradictions("a step", ["on-ramp", "off-ramp", "post-ledger"]),
  overContradictions("a Resolve", ["resolve-on-ramp", "resolve-off-ramp"]),
  overContradictions("an undo", ["reverse-on-ramp", "release-hold"]),
  overContradictions("the end", ["fail-payment"]),
  refusalUnread(["on-ramp", "off-ramp"]),
  {
    name: "off-ramp's Catch straight to the undo",
    machine: (copy) => redirect(copy, "OffRamp", "ResolveOffRamp", "ReverseOnRamp"),
  },
  {
    name: "on-ramp's Catch past its undo, and nobody asserts that nothing stands",
    machine: (copy) => redirect(copy, "OnRamp", "ResolveOnRamp", "FailPayment"),
    ports: nothingIntended,
  },
  {
    name: "an undo that forgets what was bought and not recorded",
    ports: (ports, fn) =>
      fn === "reverse-on-ramp"
        ? { ...ports, provider: over(ports.provider, { tombstone: async () => ({ outcome: "tombstoned" }) }) }
        : ports,
  },
  withoutJudging,
  freshKeys(["onRamp", "offRamp", "reverseOnRamp"]),
  absentTooSoon("resolve-off-ramp"),
  undoBeforeTombstone(["reverse-on-ramp", "release-hold"]),
  unheeded("the hold", "authorize-conversion"),
];

export const conversion: Scenario = {
  rail: "stablecoin",
  machine: readMachine("stablecoin-payment"),
  body: {
    currency: "EUR",
    destination_currency: "JPY",
    source_account: "acc_a",
    destination_account: "acc_b",
  },
  operations: ["on_ramp", "off_ramp", "reverse_on_ramp"],
  pivot: "off-ramp",
  forward: ["ValidatePayment", "AuthorizeConversion", "OnRamp", "OffRamp"],
  parksAt: ["ReverseOnRamp", "ReleaseHold", "FailPayment", "ResolveOnRamp", "ResolveOffRamp"],
  tasks: TASKS as unknown as Scenario["tasks"],
  booksOf: (run, tell) => new RampBooks(run, tell),
  mutants: MUTANTS,
};
