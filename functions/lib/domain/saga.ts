// What a definition of a saga says of each step, and what each kind of step needs. An incomplete
// definition is refused when it is loaded, before any payment meets it.
import type { Rail } from "../contracts/types.ts";
import { InvariantBroken } from "../errors/registry.ts";
import type { EventType } from "./events.ts";

/** What a step has a provider do. An operation is named as in the provider's key. */
export type ProviderCall = {
  /** The provider's name. */
  of: string;
  /** What the step asks for. */
  asks: string;
  /** What its undo asks for. */
  undoes?: string;
  /** True where a success gives an amount of another currency, and has to say how much. */
  converts?: true;
};

export type SagaStep = {
  /** The name of the step's function. */
  step: string;
  /** The event that its transaction writes, and the attribute that shows its result. */
  event: EventType;
  result?: string;
  /** The function that undoes it, and the event of that. */
  undo?: string;
  undone?: EventType;
  /**
   * The function that finds out what became of it. Such a step may only be late, and is not undone
   * before that is known.
   */
  resolve?: string;
  /** True where its Resolve may send it to try again. */
  resumable?: true;
  /** Irrevocable once it happened. Earlier doubts and withdrawals go to its Resolve first. */
  pivot?: true;
  /** After the pivot: tried until it works, never undone. */
  retriable?: true;
  /** True where the step posts a journal; its undo posts the contra entry. */
  journals?: true;
  /**
   * True for the step that buys value. The value is in transit from the step's first intent until
   * the pivot happened, or the step is undone.
   */
  entersTransit?: true;
  provider?: ProviderCall;
};
export type Saga = { readonly rail: Rail; readonly steps: readonly SagaStep[] };

type Kind = "opening" | "compensatable" | "pivot" | "retriable";
type Member = keyof SagaStep;

/** What an entry of the kind must say, and what it must not. */
const DEMANDS: Record<Kind, { needs: readonly Member[]; forbids: readonly Member[] }> = {
  opening: {
    needs: [],
    forbids: ["result", "undo", "undone", "resolve", "resumable", "journals", "entersTransit", "provider"],
  },
  compensatable: { needs: ["result", "undo", "undone"], forbids: [] },
  pivot: { needs: ["result", "resolve", "provider"], forbids: ["undo", "undone", "entersTransit"] },
  retriable: {
    needs: ["result"],
    forbids: ["undo", "undone", "resolve", "resumable", "entersTransit", "provider"],
  },
};

/** What one member of an entry asks of the others: `[when, needed]`. */
const IMPLIED: readonly [Member, Member][] = [
  ["resumable", "resolve"],
  ["resolve", "provider"],
  ["entersTransit", "provider"],
];

function kindOf({ pivot, retriable }: SagaStep, index: number): Kind {
  if (pivot) return "pivot";
  if (retriable) return "retriable";
  return index === 0 ? "opening" : "compensatable";
}

function wrongEntry(entry: SagaStep, index: number): string[] {
  const kind = kindOf(entry, index);
  const { needs, forbids } = DEMANDS[kind];
  const has = (member: Member): boolean => entry[member] !== undefined;
  const { undo, provider } = entry;
  return [
    ...needs.filter((member) => !has(member)).map((member) => `lacks ${member}: it is ${kind}`),
    ...forbids.filter(has).map((member) => `has ${member}: it is ${kind}`),
    ...IMPLIED.filter(([when, needed]) => has(when) && !has(needed)).map(
      ([when, needed]) => `has ${when}, and lacks ${needed}`,
    ),
    ...(provider && undo !== undefined && provider.undoes === undefined
      ? ["lacks what its undo asks for"]
      : []),
    ...(provider?.undoes !== undefined && undo === undefined ? ["asks for an undo, and has none"] : []),
  ].map((wrong) => `${entry.step} ${wrong}`);
}

const ORDER: readonly Kind[] = ["opening", "compensatable", "pivot", "retriable"];

/** An opening, then what can be undone, then one pivot, then what is tried until it works. */
function wrongOrder(steps: readonly SagaStep[]): string[] {
  const kinds = steps.map((entry, index) => ORDER.indexOf(kindOf(entry, index)));
  const pivots = steps.filter(({ pivot }) => pivot).length;
  const endings = steps.filter(({ event }) => event === "payment.completed").length;
  return [
    ...(pivots === 1 ? [] : [`there are ${pivots} pivots`]),
    ...(endings === 1 ? [] : [`there are ${endings} steps that complete the payment`]),
    ...(steps.at(-1)?.retriable ? [] : ["the last step is not retriable"]),
    ...kinds.flatMap((kind, index) =>
      kind < (kinds[index - 1] ?? 0) ? [`${steps[index]?.step} comes too late`] : [],
    ),
  ];
}

const twice = (names: readonly (string | undefined)[]): string[] =>
  names.filter((name, index) => name !== undefined && names.indexOf(name) < index).map(String);

/** What serves one step alone, on whichever rail. */
const ownedBy = ({ undo, undone, resolve, provider }: SagaStep) => [
  undo,
  undone,
  resolve,
  provider?.asks,
  provider?.undoes,
];

const namesIn = (entry: SagaStep) => [entry.step, entry.event, entry.result, ...ownedBy(entry)];

/** The saga of one rail, steps in order. Throws InvariantBroken with everything that is wrong. */
export function saga<const R extends Rail, const Steps extends readonly SagaStep[]>(
  rail: R,
  steps: Steps,
): { readonly rail: R; readonly steps: Steps } {
  const wrong = [
    ...steps.flatMap(wrongEntry),
    ...wrongOrder(steps),
    ...twice(steps.flatMap(namesIn)).map((name) => `${name} is named twice`),
  ];
  if (wrong.length > 0) throw new InvariantBroken(`the ${rail} saga: ${wrong.join("; ")}`);
  return { rail, steps };
}

/**
 * Sagas side by side. Throws InvariantBroken where there are two of one rail, where a shared step
 * shows another result in each, or where two steps share an operation, an undo or a Resolve: a
 * payment's attributes, a provider's keys and a function's name know no rail.
 */
export function sagas<const Sagas extends readonly Saga[]>(...all: Sagas): Sagas {
  const steps = all.flatMap((one) => one.steps);
  const results = new Map(steps.map(({ step, result }) => [step, result]));
  const owners = new Map<string, string>();
  for (const rail of twice(all.map((one) => one.rail)))
    throw new InvariantBroken(`two sagas of the ${rail} rail`);
  for (const entry of steps) {
    const { step, result } = entry;
    if (results.get(step) !== result) throw new InvariantBroken(`${step} shows another result on each rail`);
    for (const name of ownedBy(entry)) {
      if (name === undefined) continue;
      if ((owners.get(name) ?? step) !== step) throw new InvariantBroken(`${name} belongs to two steps`);
      owners.set(name, step);
    }
  }
  return all;
}
