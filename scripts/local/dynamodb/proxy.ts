// The database as the rest of the stack sees it: DynamoDB and its streams at one address, with
// counters and with faults on order.
import type { Counters } from "../common/counters.ts";
import type { Faults } from "../common/faults.ts";
import { json, type Request, type Response } from "../common/http.ts";
import { answerFaults, faultAnswer, strike } from "./faults.ts";
import { call, forward } from "./forward.ts";
import { Meter } from "./meter.ts";
import type { Tables } from "./tables.ts";

/** `isKept`: the tables are on disk, and outlive a kill. */
type Stack = { url: string; tables: Tables; counters: Counters; faults: Faults; isKept?: boolean };

/**
 * Calls on streams have counters of their own. Pollers make them all the time, and they would hide
 * what a payment costs.
 */
function nameOf(target: string): { counter: string; operation: string } {
  const [service = "", operation = ""] = target.split(".");
  const isStreams = service.startsWith("DynamoDBStreams");
  return { counter: `${isStreams ? "dynamodb_streams" : "dynamodb"}.${operation}`, operation };
}

const targetOf = (operation: string) => ({ "x-amz-target": `DynamoDB_20120810.${operation}` });

/**
 * DynamoDB Local answers a transaction before it commits it, so a kill -9 took back what had been
 * answered. Whatever is asked next stands in line behind the commit: one question for all
 * transactions that were answered while the last one was on its way.
 */
function committing(url: string): () => Promise<unknown> {
  let asked: Promise<unknown> | undefined;
  let next: Promise<unknown> | undefined;
  const ask = (): Promise<unknown> => {
    next = undefined;
    asked = call(url, "ListTables", { Limit: 1 }).finally(() => {
      asked = undefined;
    });
    return asked;
  };
  return () => {
    if (!asked) return ask();
    next ??= asked.then(ask, ask);
    return next;
  };
}

export function createProxy({
  url,
  tables,
  counters,
  faults,
  isKept = true,
}: Stack): (request: Request) => Promise<Response> {
  const meter = new Meter(tables, counters);
  const committed = committing(url);

  async function pass(operation: string, request: Request): Promise<Response> {
    const fault = strike(faults, operation);
    if (fault === "throttle" || fault === "conflict") return faultAnswer(fault, operation, request.body);
    const answer = await meter.measure(operation, request.body, (body, own) =>
      forward(url, own === undefined ? request.headers : { ...request.headers, ...targetOf(own) }, body),
    );
    if (isKept && operation === "TransactWriteItems" && answer.status === 200) await committed();
    return fault === "lost_answer" ? { ...answer, destroy: true } : answer;
  }

  return async (request) => {
    if (request.path === "/_local/health") return json(200, { status: "ok" });
    const own = counters.answer(request) ?? answerFaults(faults, request);
    if (own) return own;
    const { counter, operation } = nameOf(String(request.headers["x-amz-target"] ?? ""));
    counters.add(counter);
    try {
      return await pass(operation, request);
    } catch (error) {
      // Nobody knows whether it was written. A broken connection says so, and an answer would claim
      // to know.
      console.error(`database: ${counter} was broken off:`, error);
      return { status: 502, destroy: true };
    }
  };
}
