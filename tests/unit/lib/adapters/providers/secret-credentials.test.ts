// A provider's credentials are read seldom, rotated without a deploy, and never shown to anybody.
import "../../../../support/function-environment.ts";

import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterEach, describe, expect, it, jest } from "@jest/globals";
import { SecretCredentials } from "../../../../../functions/lib/adapters/providers/secret-credentials.ts";
import { log } from "../../../../../functions/lib/runtime/log.ts";
import { ManualClock } from "../../../../support/memory/manual-clock.ts";

const NAME = "test-provider/sandbox";
const MINUTE = 60_000;
const holding = (key: string) => JSON.stringify({ key, webhook_secrets: ["whsec_b25l", "whsec_dHdv"] });

/** One secret; `undefined` is a store that does not answer. */
function make(value: string | undefined) {
  const store = { value, calls: 0 };
  const client = {
    send: async (command: unknown) => {
      store.calls += 1;
      if (!(command instanceof GetSecretValueCommand) || command.input.SecretId !== NAME)
        throw new Error(NAME);
      if (store.value === undefined) throw Object.assign(new Error("slow"), { name: "TimeoutError" });
      return { SecretString: store.value };
    },
  } as unknown as SecretsManagerClient;
  const clock = new ManualClock();
  return { store, clock, credentials: new SecretCredentials(client, clock, NAME) };
}

/** Everything that was logged, as one text. */
const logged = jest.spyOn(log, "error");
afterEach(() => void logged.mockClear());

describe("a provider's credentials", () => {
  it("are read once in five minutes, and a rotation is seen by then", async () => {
    const { store, clock, credentials } = make(holding("key-one"));
    for (let call = 0; call < 20; call++) expect((await credentials.read()).key).toBe("key-one");
    expect(store.calls).toBe(1);
    store.value = holding("key-two");
    clock.advance(5 * MINUTE - 1);
    expect((await credentials.read()).key).toBe("key-one");
    clock.advance(1);
    expect((await credentials.read()).key).toBe("key-two");
  });

  it("hold both webhook secrets while they rotate", async () => {
    expect((await make(holding("key-one")).credentials.read()).webhook_secrets).toHaveLength(2);
  });

  it("hold as they were last read while the store does not answer, which is asked once in five minutes", async () => {
    const { store, clock, credentials } = make(holding("key-one"));
    await credentials.read();
    store.value = undefined;
    clock.advance(5 * MINUTE);
    for (let call = 0; call < 20; call++) expect((await credentials.read()).key).toBe("key-one");
    expect(store.calls).toBe(2);
    expect(logged).toHaveBeenCalledTimes(1);
  });

  it("are asked for again at once where none were ever read", async () => {
    const { store, credentials } = make(undefined);
    await expect(credentials.read()).rejects.toMatchObject({ name: "ServiceUnavailable" });
    store.value = holding("key-one");
    expect((await credentials.read()).key).toBe("key-one");
  });

  it.each([
    ["is no JSON", "s3cret-in-clear"],
    [
      "has a field too many",
      JSON.stringify({ key: "s3cret-key", webhook_secrets: ["whsec_b25l"], s3cret: 1 }),
    ],
    ["has no webhook secret", JSON.stringify({ key: "s3cret-key", webhook_secrets: [] })],
    [
      "has a key that no header carries",
      JSON.stringify({ key: "s3cret\nkey", webhook_secrets: ["whsec_b25l"] }),
    ],
    ["is empty", ""],
  ])(
    "fail loudly when the value %s: the log names the secret, and nothing tells what it holds",
    async (_, value) => {
      const { credentials } = make(value);
      const error = await credentials.read().catch((thrown: Error) => thrown);
      expect(error).toMatchObject({ name: "ServiceUnavailable" });
      const told = JSON.stringify([logged.mock.calls, (error as Error).message, (error as Error).cause]);
      expect(told).toContain(NAME);
      expect(told).not.toContain("s3cret");
    },
  );
});
