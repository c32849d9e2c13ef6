// Where a condition stands.

/** `write` says whose write of which item; `part` is the condition, or the part of it. */
export type Place = { write: string; part: string };
export const nameOf = ({ write, part }: Place): string => `${write}: ${part}`;
