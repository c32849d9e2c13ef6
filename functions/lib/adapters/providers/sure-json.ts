// What a provider answers, as far as it can be read in one way alone: the same rule that holds for
// its webhooks.
import { readJson, unsureOf } from "../../contracts/json-text.ts";

/** `value` is undefined for no JSON. `isUnsure`: a member that is read says two things. */
export type Said = { value: unknown; isUnsure: boolean };

/** `members` are JSON pointers of two names at most. */
export function saidIn(text: string, members: readonly string[]): Said {
  try {
    const { value, faults } = readJson(text);
    return { value, isUnsure: unsureOf(faults, members).length > 0 };
  } catch (error) {
    if (error instanceof SyntaxError) return { value: undefined, isUnsure: false };
    throw error;
  }
}
