// `make test-api ENDPOINT=https://…`, or scripts/test-api.sh <endpoint>: the smoke test of a
// running API. Without an endpoint it tests the stack on this laptop. It prints one line per check
// and ends with 0 only if all hold. It moves money, a small amount once per rail. On a live
// provider, run it with a merchant of your own.
import { runningStack } from "./lib/running-stack.ts";
import { Api, tokenFrom } from "./test-api/api.ts";
import { checks } from "./test-api/checks.ts";

async function main(): Promise<boolean> {
  const [, , given] = process.argv;
  const endpoint = (given || runningStack().url).replace(/\/+$/, "");
  // On a laptop any secret is good, so nobody has to name one.
  const env = given ? process.env : { CLIENT_ID: "smoke-test", CLIENT_SECRET: "local", ...process.env };
  const api = new Api(endpoint, await tokenFrom(env, endpoint));
  const count = { pass: 0, "left out": 0, FAILED: 0 };
  for (const [what, check] of checks()) {
    // A check that fails does not hide the others.
    const [verdict, why] = await check(api).then(
      (leftOut): [keyof typeof count, string | undefined] =>
        leftOut === undefined ? ["pass", undefined] : ["left out", leftOut],
      (error: Error): [keyof typeof count, string] => ["FAILED", error.message],
    );
    count[verdict] += 1;
    console.log(`${verdict.padEnd(8)}  ${what}${why === undefined ? "" : `: ${why}`}`);
  }
  console.log(`${count.pass} passed, ${count["left out"]} left out, ${count.FAILED} failed`);
  return count.FAILED === 0;
}

await main().then(
  (good) => {
    process.exitCode = good ? 0 : 1;
  },
  (error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
);
