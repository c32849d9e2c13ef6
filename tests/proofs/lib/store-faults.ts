// A proof on a calm store, and on one that refuses a write in ten because another is under way and
// loses one answer in twenty.
import type { Context } from "./proof.ts";

export async function onCalmAndFaultyStore(
  { client }: Context,
  round: (store: string) => Promise<void>,
): Promise<void> {
  await round("calm");
  try {
    await client.fault({ target: "dynamodb", fault: "conflict", rate: 0.1, seconds: 120 });
    await client.fault({ target: "dynamodb", fault: "lost_answer", rate: 0.05, seconds: 120 });
    await round("conflicts and lost answers");
  } finally {
    await client.clearFaults();
  }
}
