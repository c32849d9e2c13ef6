import { log } from "../lib/runtime/log.ts";
import { measure } from "../lib/runtime/metrics.ts";
import { streamHandler } from "../lib/runtime/stream.ts";
import { journalOf, ledger, wired } from "../lib/wiring.ts";

const ports = wired({ ledger });

/** A batch that fails is repeated whole; journals that are in already drop out. */
export const handler = streamHandler(async (items) => {
  const folded = await ports.ledger.fold(items.map(({ item }) => journalOf(item)));
  measure({ JournalsFolded: folded });
  log.info("folded", { journals: items.length, new: folded });
  return undefined;
});
