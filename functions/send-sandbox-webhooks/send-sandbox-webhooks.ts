// Sends the webhooks that the sandbox provider owes in AWS. An early message, or a receiver that is
// down, is no failure: the announcement goes back to the queue as a new one. So no receive is used
// up, and only defects reach the dead letters.
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

/**
 * A webhook is announced before its row is committed. The pauses of 7 looks are longer than the
 * function that commits the row may live.
 */
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
    if (isTaken(status)) return settlesAt === undefined ? "taken" : announceLater(ports, row.id, settlesAt);
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

/**
 * A queue delays by whole seconds. A second is added, because a message that comes too early has to
 * wait once more.
 */
const LATER_MS = 1_000;

/** An operation that was only accepted gets a second webhook when it is settled. */
async function announceLater(
  { announcements, clock }: Ports,
  row_id: string,
  settlesAt: number,
): Promise<Sent> {
  await announcements.announce({ row_id, tries: 0 }, Math.max(0, settlesAt - clock.now()) + LATER_MS);
  return "put-back";
}
