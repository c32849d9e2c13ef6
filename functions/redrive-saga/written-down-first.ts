// The ports of a redrive, behind which an operation is written down before the first of them does
// anything. So no act of an operator lacks its entry, and what is refused leaves none.
import type { Operation } from "../lib/domain/operation.ts";
import type { OperatorJournal } from "../lib/ports/operator-journal.ts";
import type { RedrivePorts } from "../lib/saga/redrive-payment.ts";
import type { EvidencePorts } from "./forbid.ts";
import type { AttemptPorts } from "./new-attempt.ts";

type Acting = RedrivePorts & AttemptPorts & EvidencePorts;

export function writtenDownFirst<Ports extends Acting & { operations: OperatorJournal }>(
  ports: Ports,
  operation: Operation,
): Acting {
  const { payments, executions, sagas, operations } = ports;
  let written: Promise<void> | undefined;
  const first = (): Promise<void> => {
    written ??= operations.record(operation);
    return written;
  };
  return {
    ...ports,
    payments: after(first, payments, ["commit", "mark", "recordFact", "dispute", "settle"]),
    executions: after(first, executions, ["redrive"]),
    sagas: after(first, sagas, ["start", "enqueue"]),
  };
}

/** The port whose methods of these names wait for `first`; the others are as they were. */
function after<Port extends object>(
  first: () => Promise<void>,
  port: Port,
  names: readonly (keyof Port & string)[],
): Port {
  const waiting = names.map((name) => {
    const method = port[name] as (...given: unknown[]) => Promise<unknown>;
    const value = async (...given: unknown[]): Promise<unknown> => {
      await first();
      return method.apply(port, given);
    };
    return [name, { value }] as const;
  });
  return Object.create(port, Object.fromEntries(waiting)) as Port;
}
