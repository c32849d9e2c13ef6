// Lines for the terminal of the person who started the stack. A part's own output goes to its log.
// What a person should see goes to the supervisor, which prints it unless QUIET is set.

/** What a part sends to the supervisor over its IPC channel. */
export type TerminalLine = { line: string };

/**
 * Sends a line. Nothing happens without a listener: in a part that a test runs alone, or when the
 * supervisor dies.
 */
export function tellTerminal(line: string): void {
  if (process.connected)
    process.send?.({ line } satisfies TerminalLine, undefined, undefined, () => undefined);
}

export const isTerminalLine = (message: unknown): message is TerminalLine =>
  typeof message === "object" && message !== null && typeof (message as TerminalLine).line === "string";

/** `19:04:05`, this machine's time of day. */
export const timeOfDay = (at: Date): string => at.toTimeString().slice(0, 8);

/** Nobody who sends text to a stack may send control characters to its terminal. */
export const printable = (text: string): string => text.replace(/[^\x20-\x7e…]/g, "?");
