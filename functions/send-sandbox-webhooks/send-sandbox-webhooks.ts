// Sends the webhooks that the sandbox provider owes in AWS. To be early, or to meet a receiver that is down, is no failure: the announcement is
// put back as a new one, so that no receive is burnt and the dead letters hold defects only.
import type { Clock } from "../lib/ports/clock.ts";
import type { Books } from "../lib/sandbox/books.ts";
import {
  isTaken,
  isWorthATry,
  MOST_TRIES,
  messageOf,
  type Post,
  pauseAfter,
} from "../lib/sandbox/webhook.ts";
import type { Announcement, Announcements } from "../lib/sandbox/webhook-queue.ts";

type Ports = {
  books: Pick<Books, "findById">;
  post: Post;
  announcements: Announcements;
  clock: Clock;
};

/** Announced before its commit, a row may still come: the pauses of so many looks outlast the function that commits it. */
const MOST_LOOKS = 7;

export type Sent = "taken" | "put-back" | "refused" | "given-up" | "never-committed";

export const sendSandboxWebhook =
  (ports: Ports) =>
  async (announcement: Announcement): Promise<Sent> => {
    const { books, post, clock } = ports;
    const row = await books.findById(announcement.row_id);
    if (!row) return putBack(ports, announcement, MOST_LOOKS, "never-committed");
    const { id, body, settlesAt } = messageOf(row, new Date(clock.now()));
    const status = await post(id, body).catch(() => 503);
    if (isTaken(status)) return settlesAt === undefined ? "taken" : tellAgain(ports, row.id, settlesAt);
    return isWorthATry(status) ? putBack(ports, announcement, MOST_TRIES, "given-up") : "refused";
  };

async function putBack(
  { announcements, clock }: Ports,
  { row_id, tries }: Announcement,
  most: number,
  enough: "given-up" | "never-committed",
): Promise<Sent> {
  const tried = tries + 1;
  if (tried >= most) return enough;
  await announcements.announce({ row_id, tries: tried }, pauseAfter(tried, clock.random()));
  return "put-back";
}

/** A queue counts whole seconds: rather a little late than once more too early. */
const LATER_MS = 1_000;

/** What was only accepted is told of once more when it is settled. */
async function tellAgain({ announcements, clock }: Ports, row_id: string, settlesAt: number): Promise<Sent> {
  await announcements.announce({ row_id, tries: 0 }, Math.max(0, settlesAt - clock.now()) + LATER_MS);
  return "put-back";
}
