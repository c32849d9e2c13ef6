// Lines for the terminal of whoever started the stack. A part's own output goes to its log; what a
// person should see goes to the supervisor, which prints it unless QUIET is set.

/** What a part sends to the supervisor over its IPC channel. */
export type TerminalLine = { line: string };

/** Nothing happens where nobody listens: a part that a test runs by itself, or a dying supervisor. */
export function tellTerminal(line: string): void {
  if (process.connected)
    process.send?.({ line } satisfies TerminalLine, undefined, undefined, () => undefined);
}

export const isTerminalLine = (message: unknown): message is TerminalLine =>
  typeof message === "object" && message !== null && typeof (message as TerminalLine).line === "string";

/** `19:04:05`, this machine's time of day. */
export const timeOfDay = (at: Date): string => at.toTimeString().slice(0, 8);
