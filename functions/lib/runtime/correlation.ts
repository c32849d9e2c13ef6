// What the running code works for: the ids on each of its log lines, and its trace. They belong to
// the asynchronous flow and not to the logger: the next invocation of a warm environment, and the
// next message of a batch, begin without them.
import { AsyncLocalStorage } from "node:async_hooks";

export type Ids = Partial<
  Record<
    | "request_id"
    | "message_id"
    | "payment_id"
    | "execution"
    | "event_id"
    | "merchant_id"
    /** Of the invocation, or of whoever sent the message that is worked on. */
    | "trace_header",
    string
  >
>;

const flow = new AsyncLocalStorage<Ids>();

/** Runs with these ids beside those that hold already. An undefined id changes nothing. */
export const withIds = <T>(ids: { [Id in keyof Ids]: string | undefined }, run: () => T): T =>
  flow.run({ ...flow.getStore(), ...known(ids) }, run);

/** Adds what was learnt on the way to the ids of the innermost run. */
export function noteIds(ids: { [Id in keyof Ids]: string | undefined }): void {
  Object.assign(flow.getStore() ?? {}, known(ids));
}

export const currentIds = (): Ids => flow.getStore() ?? {};

const known = (ids: object): Ids =>
  Object.fromEntries(Object.entries(ids).filter(([, value]) => value !== undefined));
