import { log } from "../lib/runtime/log.ts";
import { measure } from "../lib/runtime/metrics.ts";
import { streamHandler } from "../lib/runtime/stream.ts";
import { clock, journalOf, ledger, wired } from "../lib/wiring.ts";

const ports = wired({ ledger, clock });

/**
 * A batch that fails is repeated whole; journals that are in already drop out. Contention is waited
 * out for half of the function's life, because the stream gives up a batch that fails too often: a
 * journal that others were faster than is no poison. The rest is for a store that is slow.
 */
export const handler = streamHandler(async (items, leftMs) => {
  const journals = items.map(({ item }) => journalOf(item));
  const folded = await ports.ledger.fold(journals, ports.clock.now() + leftMs / 2);
  measure({ JournalsFolded: folded });
  log.info("folded", { journals: items.length, new: folded });
  return undefined;
});
