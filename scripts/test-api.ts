// The smoke test of an API that runs somewhere (scripts/test-api.sh): one line per check, ends with 0 only if all hold. It moves
// money, a small amount once, so on a live provider it is run with a merchant of one's own.
import { Api, tokenFrom } from "./test-api/api.ts";
import { checks } from "./test-api/checks.ts";

async function main(): Promise<boolean> {
  const [, , given] = process.argv;
  if (!given) throw new Error("name the endpoint: scripts/test-api.sh https://…");
  const endpoint = given.replace(/\/+$/, "");
  const api = new Api(endpoint, await tokenFrom(process.env, endpoint));
  const all = checks();
  let failed = 0;
  for (const [what, check] of all) {
    // A check that fails does not hide the others.
    const problem = await check(api).then(
      () => undefined,
      (error: Error) => error.message,
    );
    if (problem) failed++;
    console.log(problem ? `FAILED  ${what}: ${problem}` : `pass    ${what}`);
  }
  console.log(`${all.length - failed} passed, ${failed} failed`);
  return failed === 0;
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
