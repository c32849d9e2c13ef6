// A page as a script: its bash blocks in order, each with the text block below it, which is what a
// reader is promised to see. `…` in a promise stands for anything.

export type PageBlock = { command: string; promised: string | undefined };

const FENCED = /^```bash\n([\s\S]*?)^```$(?:\n+```text\n([\s\S]*?)^```$)?/gm;

export const blocksOf = (page: string): PageBlock[] =>
  [...page.matchAll(FENCED)].map(([, command = "", promised]) => ({ command, promised }));

/** The settings with which a block starts a stack, or undefined for a block that starts none. */
export function startIn(command: string): Record<string, string> | undefined {
  const [, settings] = /^((?:[A-Z_]+=\S+ )*)make run$/.exec(command.trim()) ?? [];
  if (settings === undefined) return undefined;
  return Object.fromEntries(settings.split(" ").flatMap((one) => (one ? [one.split("=")] : [])));
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/**
 * True when what was seen is what was promised, white space apart: pages are indented. White space
 * beside a `…` belongs to it, since "anything" may be nothing.
 */
export function keepsPromise(promised: string, seen: string): boolean {
  const pattern = promised
    .trim()
    .split("…")
    .map((part) => part.trim().split(/\s+/).map(escaped).join("\\s+"))
    .join("[\\s\\S]*?");
  return new RegExp(`^\\s*${pattern}\\s*$`).test(seen);
}
