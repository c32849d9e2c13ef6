// The card rail: authorize, capture, and the void in between.
import { STEPS, USER } from "../support/card-saga.ts";
import { CardBooks } from "./card-books.ts";
import { readMachine } from "./machine.ts";
import {
  absentTooSoon,
  beginning,
  COMMON_MUTANTS,
  freshKeys,
  type Mutant,
  nothingIntended,
  redirect,
  undoBeforeTombstone,
  unheeded,
} from "./mutants.ts";
import type { Scenario } from "./scenario.ts";
import { overContradictions, refusalUnread, WORD_MUTANTS } from "./word-mutants.ts";

const MUTANTS: readonly Mutant[] = [
  ...COMMON_MUTANTS,
  ...WORD_MUTANTS,
  overContradictions("a step", ["authorize-payment", "capture-payment"]),
  overContradictions("a Resolve", ["resolve-capture"]),
  overContradictions("an undo", ["reverse-ledger", "void-authorization"]),
  overContradictions("the end", ["fail-payment"]),
  refusalUnread(["authorize-payment", "capture-payment"]),
  {
    name: "what is held in part, and not released",
    machine: (copy) => redirect(copy, "AuthorizePayment", "VoidAuthorization", "FailPayment"),
  },
  {
    name: "capture's Catch straight to the undo",
    machine: (copy) => redirect(copy, "CapturePayment", "ResolveCapture", "ReverseLedger"),
  },
  {
    name: "authorize's Catch past its undo, and nobody asserts that nothing stands",
    machine: (copy) => redirect(copy, "AuthorizePayment", "ResolveCapture", "FailPayment"),
    ports: nothingIntended,
  },
  beginning("its undo", ({ step: _, ...guard }) => guard),
  freshKeys(["authorize", "capture"]),
  absentTooSoon("resolve-capture"),
  undoBeforeTombstone(["reverse-ledger", "void-authorization"]),
  unheeded("the ledger", "post-ledger"),
];

export const card: Scenario = {
  rail: "card",
  machine: readMachine("card-payment"),
  body: { currency: "EUR", user_id: USER },
  operations: ["authorize", "capture", "void"],
  pivot: "capture-payment",
  forward: ["ValidatePayment", "AuthorizePayment", "PostLedger", "CapturePayment"],
  parksAt: ["ReverseLedger", "VoidAuthorization", "FailPayment", "ResolveCapture"],
  tasks: STEPS as unknown as Scenario["tasks"],
  booksOf: (run, tell) => new CardBooks(run, tell),
  mutants: MUTANTS,
};
