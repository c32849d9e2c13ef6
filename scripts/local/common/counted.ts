// Operations of one service. Each is counted before it runs, and it is throttled when a fault is
// ordered for it.
import { AwsError, type Operations } from "./aws-json.ts";
import type { Counters } from "./counters.ts";
import type { Faults } from "./faults.ts";

export const counted = (
  service: string,
  operations: Operations,
  { counters, faults }: { counters: Counters; faults: Faults },
): Operations =>
  Object.fromEntries(
    Object.entries(operations).map(([name, run]) => [
      name,
      (input: unknown) => {
        counters.add(`${service}.${name}`);
        if (faults.strike(name) === "throttle") throw new AwsError("ThrottlingException", "Rate exceeded");
        return run(input);
      },
    ]),
  );
