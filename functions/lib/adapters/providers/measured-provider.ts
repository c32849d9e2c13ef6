// A provider whose every call is measured: how long it took, and what it came to.
import type { Clock } from "../../ports/clock.ts";
import { measure } from "../../runtime/metrics.ts";

type Answer = { outcome: string; unavailable?: true };
type Call = (...given: unknown[]) => Promise<Answer>;

/** The same provider; the names of its methods are the operations. */
export function measured<Provider extends { nature: { name: string } }>(
  provider: Provider,
  clock: Clock,
): Provider {
  return new Proxy(provider, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      const call: Call = async (...given) => {
        const began = clock.now();
        const answer = (await Reflect.apply(member, target, given)) as Answer;
        const outcome = answer.unavailable ? "unavailable" : answer.outcome;
        const dimensions = { provider: target.nature.name, operation: String(name), outcome };
        measure({ ProviderMilliseconds: clock.now() - began, ProviderAnswers: 1 }, dimensions);
        return answer;
      };
      return call;
    },
  });
}
