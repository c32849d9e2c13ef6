// What a provider was asked for, what it says became of that, and whether the two agree.

/** What was asked for. Amounts in minor units. A member that is absent is not asked for. */
export type Question = {
  /** The provider's `reference`. */
  payment_id: string;
  /** What is moved: held, captured, or given to a ramp. */
  amount?: bigint;
  currency?: string;
  /** What a ramp is to give for it, to the unit. A reversal brings what the market pays. */
  receive_amount?: bigint;
  receive_currency?: string;
};

export type Success = {
  outcome: "succeeded";
  /** The provider's own id of the operation. */
  id: string;
  /** What the provider says that it did. Nothing is put in the place of what it does not say. */
  reference?: string;
  amount?: bigint;
  currency?: string;
  /** What a ramp gave: for a conversion what was asked for, for a reversal what the market paid. */
  received?: bigint;
  received_currency?: string;
};

/** A success that is not the one that was asked for. `details` name amounts: for people alone. */
export type Difference = Omit<Success, "outcome"> & {
  outcome: "differs";
  /** The members that differ, which may reach logs and the machine's history. */
  members: string[];
  details: string;
  /** True when only the amount differs, and is smaller. */
  isSmaller: boolean;
};

export type ProviderAnswer =
  | Success
  | Difference
  | {
      outcome: "refused";
      message: string;
      /** True when a void is refused because the money was captured. */
      captured?: true;
    }
  /** The request itself was not taken: nothing happens on its account. */
  | { outcome: "rejected"; code: string }
  /** The provider has the operation, undecided. */
  | { outcome: "pending" }
  /** The provider has never seen the key. */
  | { outcome: "absent" }
  /** The provider promises that the key never takes effect. */
  | { outcome: "tombstoned" }
  /** No usable answer: it may or may not have happened. */
  | {
      outcome: "unknown";
      message: string;
      /** True when the provider is the cause: no answer, or one that anybody would get now. */
      unavailable?: true;
      /** True when we ask too often, which says nothing of the provider. */
      throttled?: true;
    };

/** What was asked and what was said, member by member. A reference may be left out. */
const compared = (question: Question, said: Omit<Success, "outcome">) => [
  { member: "reference", asked: question.payment_id, is: said.reference, mayLack: true },
  { member: "amount", asked: question.amount, is: said.amount },
  { member: "currency", asked: question.currency, is: said.currency },
  { member: "receive_amount", asked: question.receive_amount, is: said.received },
  { member: "receive_currency", asked: question.receive_currency, is: said.received_currency },
];

/** Which members of a success are not as they were asked for, and which it does not state. */
export function compareWith(question: Question, said: Omit<Success, "outcome">) {
  const asked = compared(question, said).filter((one) => one.asked !== undefined);
  const different = asked.filter((one) => one.is !== undefined && one.is !== one.asked);
  const lacking = asked.filter((one) => one.is === undefined && !one.mayLack).map((one) => one.member);
  // A reversal is asked for at any price, and has to say which.
  if (question.receive_currency !== undefined && said.received === undefined) lacking.push("receive_amount");
  if (said.id === "") lacking.push("id");
  return {
    different: different.map(({ member }) => member),
    details: different
      .map(({ member, asked, is }) => `${member} ${is}, and ${asked} was asked for`)
      .join("; "),
    lacking: [...new Set(lacking)],
  };
}

/**
 * The answer as it may be relied on: a success that lacks a member is unknown, and one of something
 * else differs. `states` says what the speaker has to state: an operator is not asked for all.
 */
export function asAsked(
  question: Question,
  answer: ProviderAnswer,
  states: "everything" | "some" = "everything",
): ProviderAnswer {
  if (answer.outcome !== "succeeded") return answer;
  const { outcome: _, ...said } = answer;
  const { different, details, lacking } = compareWith(question, said);
  if (different.length > 0) {
    const [only] = different;
    const isSmaller =
      different.length === 1 &&
      only === "amount" &&
      lacking.length === 0 &&
      (said.amount ?? 0n) < (question.amount ?? 0n);
    return { ...said, outcome: "differs", members: different, details, isSmaller };
  }
  if (lacking.length > 0 && states === "everything")
    return { outcome: "unknown", message: `it answered that it succeeded, and not ${lacking.join(", ")}` };
  return answer;
}
