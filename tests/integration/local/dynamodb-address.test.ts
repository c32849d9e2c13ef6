// Which address DynamoDB Local listens on: loopback alone where this Java can compile, every one
// else.
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { networkInterfaces, platform, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { jarDirectory, type PidFile, startDynamoDbLocal } from "../../../scripts/local/dynamodb/java.ts";
import { launcherFor } from "../../../scripts/local/dynamodb/launcher.ts";

const folder = mkdtempSync(join(tmpdir(), "contra-address-"));
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 20 }));

/**
 * An address of this machine that is not 127.0.0.1: a network's, or on Linux the next loopback one.
 */
function otherAddress(): string | undefined {
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const ofNetwork = addresses.find(({ family, internal }) => family === "IPv4" && !internal)?.address;
  return ofNetwork ?? (platform() === "linux" ? "127.0.0.2" : undefined);
}

async function listensOn(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port });
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false; // Refused: nobody listens there.
  } finally {
    socket.destroy();
  }
}

describe("DynamoDB Local", () => {
  it("listens on loopback and nowhere else", async () => {
    const pidFile = join(folder, "one.json");
    const { url, stop } = await startDynamoDbLocal(join(folder, "one"), pidFile);
    try {
      const port = Number(new URL(url).port);
      expect(JSON.parse(readFileSync(pidFile, "utf8")) as PidFile).toMatchObject({ port, isLoopback: true });
      expect(await listensOn("127.0.0.1", port)).toBe(true);
      const other = otherAddress();
      if (other) expect(await listensOn(other, port)).toBe(false);
    } finally {
      await stop();
    }
  });

  it("is compiled once, and again for another jar", () => {
    const cache = join(folder, "cache");
    const first = launcherFor(jarDirectory(), cache);
    expect(first.isLoopback).toBe(true);
    expect(launcherFor(jarDirectory(), cache, "no-java-is-asked")).toEqual(first);
    expect(launcherFor(folder, cache, "no-java-is-asked").isLoopback).toBe(false);
    expect(readdirSync(cache)).toHaveLength(1);
  });

  it("is launched by itself where Java has no compiler, and others on the network reach it", () => {
    const jre = join(folder, "jre");
    writeFileSync(jre, "#!/bin/sh\necho Module jdk.compiler not found >&2\nexit 1\n", { mode: 0o755 });
    const cache = join(folder, "nothing-compiled");
    const launcher = launcherFor(jarDirectory(), cache, jre);
    expect(launcher).toEqual({ main: ["-jar", "DynamoDBLocal.jar"], isLoopback: false });
    expect(readdirSync(cache)).toEqual([]);
  });
});
