// Prints a story: what happened when, in plain words, and what the books say in the end. The text
// has at most 100 columns.
import type { Operation, Payment } from "./client.ts";
import type { Story } from "./stories.ts";
import type { Moment } from "./timeline.ts";

const COLUMNS = 100;
const OFFSET = 9;
const WHO = 10;

/** What the books say. `agrees` is true when they agree with each other and with the story. */
export type Verdict = { agrees: boolean; sentence: string };

export function printStory(number: number, story: Story, moments: Moment[], verdict: Verdict): void {
  console.log(`\n${number}. ${story.title}\n   ${story.scene}`);
  const start = moments[0]?.at ?? 0;
  for (const { at, who, text } of moments) {
    const offset = `+${((at - start) / 1000).toFixed(2)} s`.padStart(OFFSET);
    const [first = "", ...rest] = wrapped(text, COLUMNS - OFFSET - WHO - 4);
    console.log(`${offset}  ${who.padEnd(WHO)}${first}`);
    for (const line of rest) console.log(`${" ".repeat(OFFSET + 2 + WHO)}${line}`);
  }
  console.log(`   ${verdict.agrees ? "=>" : "!! NOT AS TOLD:"} ${verdict.sentence}`);
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Compares the end with the story and with the provider's books. */
export function verdictOn({ ends }: Story, { status, rail }: Payment, operations: Operation[]): Verdict {
  const count = (name: string) =>
    operations.filter(({ operation, state }) => operation === name && state === "succeeded").length;
  const { agrees, words } = rail === "card" ? cardBooks(status, count) : rampBooks(status, count);
  return { agrees: agrees && status === ends, sentence: `${status}; by its own books the provider ${words}` };
}

type Count = (operation: string) => number;
type Books = { agrees: boolean; words: string };

/** The books agree when a completed payment, and no other, is captured, and nothing is held. */
function cardBooks(status: string, count: Count): Books {
  const captured = count("capture");
  const held = count("authorize") - count("void") - captured;
  const agrees = captured === (status === "COMPLETED" ? 1 : 0) && held === 0;
  const taken = captured === 0 ? "took nothing" : `captured ${captured === 1 ? "once" : `${captured} times`}`;
  const holds = held === 0 ? "holds nothing" : `still holds ${held}`;
  return { agrees, words: `${taken} and ${holds}` };
}

/**
 * The books agree when the ramps bought and paid out, or when all that was bought was sold back.
 */
function rampBooks(status: string, count: Count): Books {
  const [bought, paid, sold] = [count("on_ramp"), count("off_ramp"), count("reverse_on_ramp")];
  const agrees =
    status === "COMPLETED" ? bought === 1 && paid === 1 && sold === 0 : paid === 0 && bought === sold;
  return { agrees, words: `sold USDC ${bought} times, paid out ${paid} and bought back ${sold} times` };
}
