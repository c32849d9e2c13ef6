// The payments of the demo: what happens to each of them, and how it must end.
import type { Contra, Payment } from "./client.ts";

export type Story = {
  title: string;
  /** What a reader must know before. */
  scene: string;
  ends: "COMPLETED" | "FAILED" | "CANCELED";
  /**
   * Posts the payment, does what the story says, and resolves with the payment's id once it has
   * ended. Calls `goAhead` when the next story may begin beside this one.
   */
  play: (contra: Contra, goAhead: () => void) => Promise<string>;
};

/**
 * Seconds of the product's waits, and of a busy laptop's work. No time scale makes
 * that work faster.
 */
const WAITS_SECONDS = 960;
const WORK_SECONDS = 120;
/** Seconds on the product's clock. */
const OUTAGE_SECONDS = 48;
/** The first try of an undo and all its retries. */
const UNDO_TRIES = 10;
/** More failures than all retries together. */
const FOR_EVER = 1_000;

const hasEnded = ({ status, step }: Payment): boolean =>
  status === "FAILED" || status === "CANCELED" || (status === "COMPLETED" && step === "notify-payment");

const patience = ({ timeScale }: Contra): number => WORK_SECONDS + WAITS_SECONDS / timeScale;

async function ended(contra: Contra, id: string): Promise<string> {
  await contra.until(id, "ends", patience(contra), hasEnded);
  return id;
}

export const STORIES: Story[] = [
  {
    title: "Everything goes well",
    scene: "A card payment of 25.00 EUR.",
    ends: "COMPLETED",
    play: async (contra) => ended(contra, await contra.pay(2_500)),
  },
  {
    title: "The card is declined",
    scene: "The provider refuses to hold the amount.",
    ends: "FAILED",
    play: async (contra) => ended(contra, await contra.pay(2_500, "refused_authorize")),
  },
  {
    title: "The answer to the capture is lost",
    scene: "The provider takes the money, and the line breaks before it can say so.",
    ends: "COMPLETED",
    play: async (contra) => ended(contra, await contra.pay(2_500, "lost_capture_x1")),
  },
  {
    title: "The merchant changes its mind",
    scene: "The provider does not answer the authorization, and nobody waits any longer.",
    ends: "CANCELED",
    play: async (contra) => {
      const id = await contra.pay(2_500, "unavailable_authorize");
      await contra.until(id, "is in work", patience(contra), ({ status }) => status === "PROCESSING");
      await contra.cancel(id);
      return ended(contra, id);
    },
  },
  {
    title: "The provider is down for a while",
    scene: `For ${OUTAGE_SECONDS} s of its own clock it answers every call with 503.`,
    ends: "COMPLETED",
    play: async (contra) => {
      await contra.order({
        target: "provider",
        fault: "unavailable",
        seconds: OUTAGE_SECONDS / contra.timeScale,
      });
      return ended(contra, await contra.pay(2_500));
    },
  },
  {
    title: "The undo fails, and a person takes it up again",
    scene: "The capture is refused, and the provider does not answer when the hold is to be released.",
    ends: "FAILED",
    play: async (contra, goAhead) => {
      const id = await contra.pay(2_500, `refused_capture,unavailable_void_x${UNDO_TRIES}`);
      // The next story breaks the ledger, so this payment must be past it.
      await contra.until(id, "is past the ledger", patience(contra), ({ step }) => step === "reverse-ledger");
      goAhead();
      await contra.until(id, "is parked", patience(contra), ({ status }) => status === "IN_REVIEW");
      await contra.redrive(id);
      return ended(contra, id);
    },
  },
  {
    title: "Our own ledger fails",
    scene: "PostLedger never runs again, so what went before it is undone.",
    ends: "FAILED",
    play: async (contra) => {
      await contra.order({ target: "post-ledger", fault: "fail_before", count: FOR_EVER });
      try {
        return await ended(contra, await contra.pay(2_500));
      } finally {
        await contra.clearFaults();
      }
    },
  },
  {
    title: "Euros become yen",
    scene: "A conversion of 25.00 EUR, by way of USDC.",
    ends: "COMPLETED",
    play: async (contra) => ended(contra, await contra.convert(2_500)),
  },
  {
    title: "The off-ramp refuses, and nothing is stranded",
    scene: "The USDC is bought, and then nobody pays out yen for it.",
    ends: "FAILED",
    play: async (contra) => ended(contra, await contra.convert(2_500, "refused_off_ramp")),
  },
];

/**
 * Plays the stories in their order, side by side where they allow it. Tells each when it and all
 * before it have ended.
 */
export async function playAll(
  contra: Contra,
  tell: (story: Story, id: string) => Promise<void>,
): Promise<void> {
  let told: Promise<void> = Promise.resolve();
  for (const story of STORIES) {
    const { promise: free, resolve: goAhead } = Promise.withResolvers<void>();
    const played = story.play(contra, goAhead);
    const before = told;
    told = played.then(async (id) => {
      await before;
      await tell(story, id);
    });
    // A story that breaks must not hold up the next one, which waits for it. `told`
    // is what rejects.
    await Promise.race([free, played]);
  }
  await told;
}
