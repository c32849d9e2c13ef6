// Runs a function of a laptop's stack by its name, as Lambda's own callers do.
import type { OwnStack } from "../lib/own-stack.ts";
import { runningStack } from "../lib/running-stack.ts";

export async function invoke({ home }: OwnStack, name: string, event: unknown): Promise<void> {
  const { parts } = runningStack(home);
  const path = `/2015-03-31/functions/local-${name}/invocations`;
  const answer = await fetch(`${parts.lambda?.url}${path}`, { method: "POST", body: JSON.stringify(event) });
  const text = await answer.text();
  if (!answer.ok || answer.headers.has("x-amz-function-error"))
    throw new Error(`${name} answered ${answer.status} ${text}`);
}
