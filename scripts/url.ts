// `make url`: prints where the running stack is, for `curl "$(make -s url)/health"`.
import { runningStack } from "./lib/running-stack.ts";

try {
  console.log(runningStack().url);
} catch (error) {
  console.error(`contra: ${(error as Error).message}`);
  process.exitCode = 1;
}
